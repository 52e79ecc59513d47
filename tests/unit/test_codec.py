"""The codec: what goes in comes out, what was released is read, and damage is a DecodeError and nothing else."""

import http.server
import json
import random
import threading
import time
import tracemalloc
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from fastavro import schemaless_reader, schemaless_writer
from hypothesis import example, given
from hypothesis import strategies as st

from processors.events import ACTION_KINDS, FEEDBACK_KINDS, SCALES, SEVERITIES, TYPES, Action, Feedback, InvalidEvent
from processors.validity import check
from schemas import loader
from schemas.codec import CONFLUENT, SINGLE_OBJECT, Codec, DecodeError, EncodeError
from schemas.registry import UnknownSchemaError
from streams.pseudonym import Pseudonym, is_pseudonym

KEY = b"a key of this installation"
CODEC = Codec(None, Pseudonym(KEY))
RELEASED = sorted((Path(loader.__file__).parent / "released").glob("*.v*.json"))
GOLDEN = {file.name.split(".")[0]: json.loads(file.read_text("utf-8")) for file in RELEASED}
REASONS = {"undecodable", "unknown_schema", "invalid", "too_large", "from_the_future"}
AT = 1_772_435_700_000
FEEDBACK = Feedback("fb-1", AT, "INC-1", "delivery", "high", customer="anna@example.org", text="Where is it?")


def plain(record: Any) -> Any:
    """Events as JSON has them: lists for tuples, names for positions."""
    return json.loads(json.dumps(record._asdict() if hasattr(record, "_asdict") else record))


@pytest.mark.parametrize("file", RELEASED, ids=lambda file: file.name)
def test_bytes_of_every_released_version_are_read_as_they_were_meant(file: Path) -> None:
    golden = json.loads(file.read_text("utf-8"))
    read = plain(CODEC.decode(file.name.split(".")[0], bytes.fromhex(golden["value"])))
    assert {name: read[name] for name in golden["record"] if name in read} == golden["record"]


def test_every_released_version_has_its_bytes() -> None:
    assert {file.stem for file in RELEASED} == {file.stem for file in RELEASED[0].parent.glob("*.avsc")}


@pytest.mark.parametrize("file", RELEASED, ids=lambda file: file.name)
def test_bytes_written_are_those_released(file: Path) -> None:
    name, version, _ = file.name.split(".")
    golden = json.loads(file.read_text("utf-8"))
    if version == f"v{loader.current(name).version}":
        assert CODEC.encode(name, golden["record"]).hex() == golden["value"]


def of_type(type_: Any) -> st.SearchStrategy[Any]:
    """Values of an Avro type."""
    if isinstance(type_, list):
        return st.one_of(*map(of_type, type_))
    if isinstance(type_, dict):
        if type_["type"] == "record":
            return st.fixed_dictionaries({field["name"]: of_type(field["type"]) for field in type_["fields"]})
        if type_["type"] == "array":
            return st.lists(of_type(type_["items"]), max_size=3)
        if type_["type"] == "map":
            return st.dictionaries(st.text(max_size=5), of_type(type_["values"]), max_size=3)
        return of_type(type_["type"])
    low = 2 ** (31 if type_ == "int" else 63)
    integers = st.one_of(st.integers(-low, low - 1), st.integers(-(2**15), 2**15), st.integers(AT, AT + 10**11))
    return {
        "null": st.none(),
        "boolean": st.booleans(),
        "int": integers.filter(lambda n: -low <= n < low),
        "long": integers,
        "double": st.floats(allow_nan=False),
        "string": st.one_of(st.text(max_size=8), st.text(min_size=60, max_size=9000)),
    }[type_]


@pytest.mark.parametrize("name", sorted(set(loader.names()) - set(TYPES)))
@given(data=st.data())
def test_output_record_comes_back_whole(name: str, data: st.DataObject) -> None:
    schema = loader.current(name)
    record = data.draw(of_type(schema.plain))
    if record.get("customer") is not None:
        record["customer"] = Pseudonym(KEY)(record["customer"])
    value = CODEC.encode(name, record)
    assert CODEC.decode(name, value) == record
    assert schemaless_reader(BytesIO(value[10:]), schema.plain, None) == record


NAMES = st.text(min_size=1, max_size=20)
INSTANTS = st.integers(946_684_800_000, 4_102_444_799_999)


@st.composite
def feedbacks(draw: st.DrawFn) -> Feedback:
    scale = draw(st.none() | st.sampled_from(sorted(SCALES)))
    score = None if scale is None else draw(st.floats(*SCALES[scale]))
    return Feedback(
        *draw(st.tuples(NAMES, INSTANTS, NAMES, NAMES, st.sampled_from(SEVERITIES))),
        *draw(st.tuples(st.none() | st.sampled_from(FEEDBACK_KINDS), st.none() | NAMES, st.none() | NAMES)),
        draw(st.none() | NAMES.map(Pseudonym(KEY))),
        score,
        scale,
        *draw(st.tuples(st.none() | st.floats(-1, 1), st.none() | INSTANTS, st.none() | st.text(max_size=300))),
    )


@given(event=feedbacks())
def test_feedback_comes_back_whole(event: Feedback) -> None:
    assert CODEC.decode("feedback", CODEC.encode("feedback", event)) == event


@st.composite
def actions(draw: st.DrawFn) -> Action:
    optional = st.none() | NAMES
    actor, owner, touchpoint, cause = draw(st.tuples(optional, optional, optional, optional))
    severity, taken = draw(st.sampled_from(SEVERITIES)), draw(st.none() | st.booleans())
    begin = draw(st.tuples(NAMES, INSTANTS, NAMES, st.sampled_from(ACTION_KINDS)))
    return Action(*begin, actor, owner, severity, touchpoint, cause, taken)


@given(event=actions())
def test_action_comes_back_whole(event: Action) -> None:
    assert CODEC.decode("action", CODEC.encode("action", event)) == event


@given(count=st.integers(0, 300))
@example(count=10_000)
def test_decision_keeps_its_cases_in_order(count: int) -> None:
    event = TYPES["decision"]("d", AT, "D", "made", "tactical", cases=tuple(f"c{n}" for n in range(count)))  # type: ignore[call-arg]
    assert CODEC.decode("decision", CODEC.encode("decision", event)) == event


def outcome(name: str, value: bytes, codec: Codec = CODEC) -> str:
    """What becomes of bytes: `event`, or the reason of a DecodeError. Anything else goes up and fails the test."""
    try:
        event = codec.decode(name, value)
    except DecodeError as refused:
        wrong = refused
    else:
        if name in TYPES:
            check(event)
        return "event"
    assert wrong.reason in REASONS
    assert wrong.message
    return wrong.reason


@pytest.mark.parametrize("name", loader.names())
def test_record_cut_anywhere_is_undecodable(name: str) -> None:
    value = bytes.fromhex(GOLDEN[name]["value"])
    for length in range(len(value)):
        assert outcome(name, value[:length]) == "undecodable", length


@pytest.mark.parametrize("name", loader.names())
def test_record_with_bytes_behind_its_end_is_undecodable(name: str) -> None:
    value = bytes.fromhex(GOLDEN[name]["value"])
    for tail in (b"\x00", b"\x02", b"\xff", value):
        assert outcome(name, value + tail) == "undecodable"


@pytest.mark.parametrize("name", loader.names())
def test_overwritten_bytes_give_an_event_or_a_decode_error(name: str) -> None:
    rng = random.Random(20261123)
    value, seen = bytes.fromhex(GOLDEN[name]["value"]), set()
    for _ in range(4000):
        damaged = bytearray(value)
        for _ in range(rng.choice((1, 1, 2, 8))):
            damaged[rng.randrange(10 if rng.random() < 0.9 else 0, len(value))] = rng.randrange(256)
        seen.add(outcome(name, bytes(damaged)))
    assert {"event", "undecodable", "unknown_schema"} <= seen


@pytest.mark.parametrize("name", loader.names())
def test_noise_behind_a_right_frame_gives_an_event_or_a_decode_error(name: str) -> None:
    rng = random.Random(20261123)
    frame = bytes.fromhex(GOLDEN[name]["value"])[:10]
    for _ in range(2000):
        outcome(name, frame + rng.randbytes(rng.randrange(120)))


@given(noise=st.binary(max_size=60))
@example(noise=b"\xc3\x01")
@example(noise=b"\x00\x00\x00\x00")
@example(noise=b"{}")
def test_noise_is_never_an_event(noise: bytes) -> None:
    assert outcome("feedback", noise) in ("undecodable", "unknown_schema")


def test_tombstone_is_undecodable_where_an_event_is_wanted() -> None:
    with pytest.raises(DecodeError, match="no value"):
        CODEC.decode("feedback", None)


def test_number_of_endless_length_is_refused_at_once() -> None:
    frame = CODEC.encode("feedback", FEEDBACK)[:10]
    assert outcome("feedback", frame + b"\x02a" + b"\xff" * 5_000_000) == "undecodable"


HUGE = 2**40


def varint(number: int) -> bytes:
    """A number as Avro writes it."""
    stream = BytesIO()
    schemaless_writer(stream, "long", number)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("feedback", b"", b"rest"),  # a text of 2^40 bytes
        ("feedback", b"", b""),
        ("decision", b"\x02d" + varint(AT) + b"\x02D\x08made\x10tactical\x00", bytes(50)),  # 2^40 cases
        ("case", b"\x02c\x02\x02t\x06low" + bytes(5) + varint(AT), b""),  # 2^40 cycles
        ("window", b"", b"rest"),
    ],
)
@pytest.mark.parametrize("length", [HUGE, 2**62, 2**63 - 1, -1, -HUGE, -(2**63)])
def test_length_that_the_record_does_not_have_neither_hangs_nor_allocates(
    name: str, before: bytes, after: bytes, length: int
) -> None:
    value = CODEC.encode(name, GOLDEN[name]["record"])[:10] + before + varint(length) + after
    tracemalloc.start()
    began = time.process_time()
    try:
        assert outcome(name, value) == "undecodable"
        assert time.process_time() - began < 1.0
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_shortage_of_memory_is_not_the_records_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def short(*_: Any) -> None:
        raise MemoryError

    value = CODEC.encode("feedback", FEEDBACK)
    monkeypatch.setattr("schemas.reading.schemaless_reader", short)
    with pytest.raises(MemoryError):
        CODEC.decode("feedback", value)


def test_record_of_another_topic_is_named() -> None:
    with pytest.raises(DecodeError, match="written as action, not as feedback") as wrong:
        CODEC.decode("feedback", CODEC.encode("action", Action("a", AT, "c", "closed")))
    assert wrong.value.reason == "unknown_schema"


def test_fingerprint_that_nobody_knows_is_shown() -> None:
    with pytest.raises(DecodeError, match="0102030405060708") as wrong:
        CODEC.decode("feedback", SINGLE_OBJECT + bytes(range(1, 9)) + b"\x00")
    assert wrong.value.reason == "unknown_schema"


@pytest.mark.parametrize(
    ("change", "reason", "field"),
    [
        ({"severity": "urgent"}, "invalid", "severity"),
        ({"id": ""}, "invalid", "id"),
        ({"at": 1_772_435_700}, "invalid", "at"),
        ({"at": 32_472_144_000_000}, "from_the_future", "at"),
        ({"emotion": float("nan")}, "invalid", "emotion"),
        ({"score": 11.0, "scale": "nps"}, "invalid", "score"),
        ({"text": "x" * 70_000}, "too_large", "text"),
        ({"customer": ""}, "invalid", "customer"),
    ],
)
def test_value_out_of_range_is_named_with_its_field(change: dict[str, Any], reason: str, field: str) -> None:
    value = Codec(None, lambda customer: customer).encode("feedback", FEEDBACK._replace(**change))
    with pytest.raises(DecodeError) as wrong:
        CODEC.decode("feedback", value)
    assert wrong.value.reason == reason
    assert wrong.value.message.startswith(f"{field}: ")
    assert str(wrong.value) == wrong.value.message


def test_raw_customer_never_leaves_the_codec_in_either_direction() -> None:
    written = CODEC.encode("feedback", FEEDBACK)
    assert b"anna" not in written
    raw = Codec(None, lambda customer: customer).encode("feedback", FEEDBACK)  # a producer that is not ours
    assert b"anna" in raw
    assert CODEC.decode("feedback", raw) == CODEC.decode("feedback", written)
    assert is_pseudonym(CODEC.decode("feedback", raw).customer)


def test_case_record_carries_a_pseudonym() -> None:
    record = {**GOLDEN["case"]["record"], "customer": "anna@example.org"}
    assert CODEC.decode("case", CODEC.encode("case", record))["customer"] == Pseudonym(KEY)("anna@example.org")
    assert record["customer"] == "anna@example.org", "what the caller has is left alone"


def test_pseudonym_is_the_same_for_the_same_customer_and_key_only() -> None:
    one, other = Pseudonym(KEY), Pseudonym(b"the key of another installation")
    assert one("anna") == one("anna") != one("Anna")
    assert one("anna") != other("anna")
    assert one(one("anna")) == one("anna")
    assert len(one("anna")) == 35


@pytest.mark.parametrize("lookalike", ["p1_anna", "p1_" + "A" * 32, "p1_" + "0" * 33, "p1_" + "0" * 32 + "\n"])
def test_customer_that_looks_like_a_pseudonym_gets_one(lookalike: str) -> None:
    assert Pseudonym(KEY)(lookalike) != lookalike


def test_key_that_can_be_guessed_is_refused_and_none_is_shown() -> None:
    with pytest.raises(ValueError, match="16"):
        Pseudonym("short")
    assert "installation" not in repr(Pseudonym(KEY))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"colour": "red"}, "more fields than the schema specifies: colour"),
        ({"at": 2**63}, "OverflowError"),
        ({"due_at": 2**63}, "do not match"),
        ({"at": "now"}, "TypeError"),
        ({"due_at": 1.5}, "do not match"),
        ({"case": None}, "must be string"),
        ({"case": "\ud800"}, "surrogates"),
        ({"policy": ("string", "critical")}, "do not match"),
    ],
)
def test_record_that_does_not_fit_its_schema_is_an_encode_error(change: dict[str, Any], said: str) -> None:
    with pytest.raises(EncodeError, match=said):
        CODEC.encode("clock", GOLDEN["clock"]["record"] | change)


def test_what_has_a_default_may_be_left_out_and_nothing_else() -> None:
    record = dict(GOLDEN["clock"]["record"])
    del record["policy"], record["retracted"]
    assert CODEC.decode("clock", CODEC.encode("clock", record)) == record | {"policy": None, "retracted": False}
    del record["case"]
    with pytest.raises(EncodeError, match="Field case is specified in the schema but missing"):
        CODEC.encode("clock", record)


def test_misspelt_field_is_noticed_though_the_number_of_fields_is_right() -> None:
    record = dict(GOLDEN["clock"]["record"])
    record["polcy"] = record.pop("policy")
    with pytest.raises(EncodeError, match="polcy"):
        CODEC.encode("clock", record)


def older(name: str, without: str, extra: dict[str, Any]) -> loader.RecordSchema:
    """A version from before: a field less, and one that is gone since."""
    definition = json.loads(loader.current(name).text)
    definition["fields"] = [field for field in definition["fields"] if field["name"] != without]
    definition["fields"].insert(2, extra)
    return loader.load(json.dumps(definition), name, 0)


@pytest.fixture
def with_older(monkeypatch: pytest.MonkeyPatch) -> loader.RecordSchema:
    old = older("feedback", "segment", {"name": "shop", "type": ["null", "string"], "default": None})
    known = loader.versions
    monkeypatch.setattr(loader, "versions", lambda name: (old, *known(name)) if name == "feedback" else known(name))
    return old


def written_by(schema: loader.RecordSchema, record: dict[str, Any]) -> bytes:
    stream = BytesIO()
    schemaless_writer(stream, schema.plain, record)
    return SINGLE_OBJECT + schema.fingerprint + stream.getvalue()


def test_older_version_is_read_as_the_one_in_force(with_older: loader.RecordSchema) -> None:
    record = FEEDBACK._asdict() | {"shop": "main"}
    event = Codec(None, Pseudonym(KEY)).decode("feedback", written_by(with_older, record))
    assert event == FEEDBACK._replace(customer=Pseudonym(KEY)(str(FEEDBACK.customer)))


def test_older_version_that_is_cut_inside_a_field_that_is_gone_is_undecodable(monkeypatch: pytest.MonkeyPatch) -> None:
    definition = json.loads(loader.current("feedback").text)
    definition["fields"].append({"name": "shop", "type": "string", "default": ""})
    old, known = loader.load(json.dumps(definition), "feedback", 0), loader.versions
    monkeypatch.setattr(loader, "versions", lambda name: (old, *known(name)))
    value = written_by(old, GOLDEN["feedback"]["record"] | {"shop": "main street"})
    codec = Codec(None, Pseudonym(KEY))
    assert outcome("feedback", value, codec) == "event"
    for length in range(1, len("main street") + 2):
        assert outcome("feedback", value[:-length], codec) == "undecodable", length


def test_damage_to_an_older_version_gives_an_event_or_a_decode_error(with_older: loader.RecordSchema) -> None:
    rng = random.Random(20261123)
    codec = Codec(None, Pseudonym(KEY))
    value = written_by(with_older, GOLDEN["feedback"]["record"] | {"shop": "main"})
    for length in range(len(value)):
        assert outcome("feedback", value[:length], codec) == "undecodable"
    assert outcome("feedback", value + b"\x00", codec) == "undecodable"
    for _ in range(4000):
        damaged = bytearray(value)
        for _ in range(rng.choice((1, 2, 8))):
            damaged[rng.randrange(10, len(value))] = rng.randrange(256)
        outcome("feedback", bytes(damaged), codec)


class Shelf:
    """A registry in memory."""

    def __init__(self) -> None:
        self.schemas: dict[int, Any] = {}

    def register(self, schema: loader.RecordSchema) -> int:
        return self.add(json.loads(schema.text))

    def add(self, schema: Any) -> int:
        self.schemas[700 + len(self.schemas)] = schema
        return 699 + len(self.schemas)

    def writer(self, schema_id: int) -> Any:
        if schema_id not in self.schemas:
            raise UnknownSchemaError(f"the registry has no schema {schema_id}")
        return self.schemas[schema_id]


def test_with_a_registry_values_are_in_the_confluent_wire_format_and_both_formats_are_read() -> None:
    shelf = Shelf()
    codec = Codec(None, Pseudonym(KEY), registry=shelf)
    value = codec.encode("feedback", FEEDBACK)
    assert value[:5] == CONFLUENT + (700).to_bytes(4, "big")
    assert codec.encode("feedback", FEEDBACK) == value
    assert len(shelf.schemas) == 1, "a schema is registered once"
    assert codec.decode("feedback", value) == CODEC.decode("feedback", CODEC.encode("feedback", FEEDBACK))
    assert codec.decode("feedback", CODEC.encode("feedback", FEEDBACK)) == codec.decode("feedback", value)


def test_schema_of_another_producer_is_resolved() -> None:
    shelf = Shelf()
    theirs = older(
        "feedback", "due_at", {"name": "shop", "type": {"type": "enum", "name": "Shop", "symbols": ["a", "b"]}}
    )
    schema_id = shelf.add(json.loads(theirs.text))
    body = written_by(theirs, FEEDBACK._asdict() | {"shop": "b"})[10:]
    event = Codec(None, Pseudonym(KEY), registry=shelf).decode(
        "feedback", CONFLUENT + schema_id.to_bytes(4, "big") + body
    )
    assert event == CODEC.decode("feedback", CODEC.encode("feedback", FEEDBACK))


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"type": "record", "name": "Feedback", "namespace": "rytmi", "fields": []}, "has no default"),
        ("string", "none of|is not"),
        ({"type": "record", "name": "Feedback", "namespace": "rytmi"}, "not a usable Avro schema"),
        ({"type": "nonsense"}, "not a usable Avro schema|is not"),
    ],
)
def test_schema_that_does_not_fit_is_unknown_and_says_why(schema: Any, said: str) -> None:
    shelf = Shelf()
    value = CONFLUENT + shelf.add(schema).to_bytes(4, "big") + b"\x00"
    with pytest.raises(DecodeError, match=said) as wrong:
        Codec(None, Pseudonym(KEY), registry=shelf).decode("feedback", value)
    assert wrong.value.reason == "unknown_schema"


def test_number_that_the_registry_does_not_know_and_a_registry_that_is_not_there_are_unknown_schemas() -> None:
    value = CONFLUENT + (9).to_bytes(4, "big") + b"\x00"
    assert outcome("feedback", value, Codec(None, Pseudonym(KEY), registry=Shelf())) == "unknown_schema"
    with pytest.raises(DecodeError, match="none is configured"):
        CODEC.decode("feedback", value)


def test_registry_that_does_not_answer_is_not_the_records_fault() -> None:
    class Broken(Shelf):
        def writer(self, schema_id: int) -> Any:
            raise ConnectionError("no route")

    with pytest.raises(ConnectionError):
        Codec(None, Pseudonym(KEY), registry=Broken()).decode("feedback", CONFLUENT + bytes(5))


class _Answers(http.server.BaseHTTPRequestHandler):
    """As much of the registry's HTTP interface as the client asks for."""

    schemas: list[str]
    rules: dict[str, str]

    def _say(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/vnd.schemaregistry.v1+json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _body(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        return found

    def do_PUT(self) -> None:
        self.rules[self.path.removeprefix("/config/")] = self._body()["compatibility"]
        self._say(200, {"compatibility": "FULL_TRANSITIVE"})

    def do_POST(self) -> None:
        self.schemas.append(self._body()["schema"])
        self._say(200, {"id": len(self.schemas)})

    def do_GET(self) -> None:
        number = int(self.path.split("?")[0].rsplit("/", 1)[1])
        if 0 < number <= len(self.schemas):
            self._say(200, {"schema": self.schemas[number - 1], "schemaType": "AVRO"})
        else:
            self._say(404, {"error_code": 40403, "message": "Schema not found"})

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Not into the output of the tests."""


@pytest.fixture
def registry() -> Iterator[tuple[str, type[_Answers]]]:
    answers = type("Answers", (_Answers,), {"schemas": [], "rules": {}})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), answers)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", answers
    server.shutdown()
    thread.join()
    server.server_close()


def test_confluent_client_registers_under_the_records_name_and_holds_it_to_full_transitive(
    registry: tuple[str, type[_Answers]],
) -> None:
    url, answers = registry
    value = Codec(url, Pseudonym(KEY)).encode("feedback", FEEDBACK)
    assert value[:5] == CONFLUENT + (1).to_bytes(4, "big")
    assert answers.rules == {"rytmi.Feedback": "FULL_TRANSITIVE"}
    assert json.loads(answers.schemas[0]) == loader.current("feedback").definition
    reader = Codec(url, Pseudonym(KEY))
    assert reader.decode("feedback", value).case == "INC-1"
    assert outcome("feedback", CONFLUENT + (9).to_bytes(4, "big") + value[5:], reader) == "unknown_schema"


def test_damaged_event_that_passes_the_codec_passes_the_core_too() -> None:
    """The codec's checks are the core's: there is no second list of them."""
    with pytest.raises(InvalidEvent):
        check(FEEDBACK._replace(severity="urgent"))
