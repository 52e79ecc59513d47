"""How feedback spreads over the hours of a day and the days of a week, Monday first. Only the proportions count."""

EVENING = (4, 2, 1, 1, 1, 2, 4, 6, 8, 9, 10, 10, 11, 10, 9, 9, 10, 12, 14, 16, 17, 15, 11, 7)
SHOP = (0, 0, 0, 0, 0, 0, 0, 1, 3, 8, 11, 13, 14, 12, 11, 12, 14, 16, 14, 10, 6, 1, 0, 0)
OFFICE = (1, 0, 0, 0, 0, 1, 2, 6, 14, 18, 16, 14, 12, 13, 13, 12, 9, 5, 4, 3, 3, 2, 2, 1)
# Three shifts: what the one before left is seen in the first hour of each.
SHIFTS = (6, 6, 5, 5, 5, 5, 14, 10, 9, 9, 9, 8, 8, 8, 14, 10, 9, 8, 8, 7, 7, 7, 12, 7)
# Letters and counters in the morning, the e-service once more in the evening.
COUNTER = (1, 0, 0, 0, 0, 0, 1, 4, 12, 17, 16, 13, 9, 9, 10, 9, 6, 4, 5, 7, 8, 6, 3, 2)

WORKDAYS = (16, 14, 13, 12, 12, 5, 4)
WEEKEND = (11, 10, 10, 11, 14, 18, 12)
SHIFT_WEEK = (14, 15, 15, 15, 14, 3, 4)
PUBLIC_WEEK = (20, 17, 15, 13, 11, 4, 5)

# A real desk's, in thousandths: 24,918 incidents by `opened_at` (ServiceNow log, UCI Machine Learning Repository).
DESK = (11, 9, 6, 5, 5, 5, 13, 23, 102, 121, 116, 99, 54, 66, 90, 86, 75, 43, 19, 12, 9, 14, 10, 7)
DESK_WEEK = (239, 199, 196, 165, 154, 26, 23)
