"""Kafka: topics and their table, readers, senders, the transactional producer, headers, control records."""
