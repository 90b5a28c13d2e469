import { describe, expect, test } from "vitest";
import { checkContract } from "../../shared/contract.ts";

const complete = {
  title: "Lease",
  supplier: "Hafen",
  renewsOn: "2028-02-29",
  termMonths: "12",
  note: "",
};

test("a form's text becomes a contract", () => {
  expect(checkContract({ ...complete, title: "  Lease " }).contract).toEqual({
    ...complete,
    termMonths: 12,
  });
});

test("an empty form has every problem at once", () => {
  expect(Object.keys(checkContract({}).problems ?? {})).toEqual([
    "title",
    "supplier",
    "renewsOn",
    "termMonths",
  ]);
});

describe("refuses", () => {
  const cases: Record<string, [string, unknown]> = {
    "a title of spaces": ["title", "   "],
    "a title without end": ["title", "x".repeat(121)],
    "a title that is no text": ["title", { toString: "x" }],
    "a supplier without end": ["supplier", "x".repeat(121)],
    "a day that does not exist": ["renewsOn", "2027-02-29"],
    "a day in another notation": ["renewsOn", "31.01.2027"],
    "a term of nothing": ["termMonths", "0"],
    "half a month": ["termMonths", "1.5"],
    "more than ten years": ["termMonths", "121"],
    "a note without end": ["note", "x".repeat(2001)],
  };
  for (const [reason, [field, value]] of Object.entries(cases)) {
    test(reason, () => {
      expect(Object.keys(checkContract({ ...complete, [field]: value }).problems ?? {})).toEqual([
        field,
      ]);
    });
  }
});
