import { expect, test } from "vitest";
import { daysBetween, inWords, longDay, nearness, today } from "../src/days.ts";

test("days are counted by the calendar, also where the clocks change", () => {
  expect(daysBetween("2027-03-27", "2027-03-29")).toBe(2);
  expect(daysBetween("2028-02-28", "2028-03-01")).toBe(2);
  expect(daysBetween("2027-01-02", "2027-01-01")).toBe(-1);
});

test.each([
  [0, "today"],
  [1, "in 1 day"],
  [30, "in 30 days"],
  [-1, "1 day overdue"],
  [-3, "3 days overdue"],
])("%i days are written as %s", (days, words) => {
  expect(inWords(days)).toBe(words);
});

test.each([
  [-1, "overdue"],
  [0, "soon"],
  [30, "soon"],
  [31, "later"],
])("%i days from now is %s", (days, near) => {
  expect(nearness(days)).toBe(near);
});

test("today is the reader's day", () => {
  expect(today(new Date(2027, 0, 5, 23, 59))).toBe("2027-01-05");
});

test("a day reads the same everywhere", () => {
  expect(longDay("2027-01-31")).toBe("31 Jan 2027");
});
