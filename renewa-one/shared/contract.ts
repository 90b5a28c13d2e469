/** What the page and the backend both know about a contract. */

export type Contract = {
  id: string;
  title: string;
  supplier: string;
  /** The day it renews by itself, as YYYY-MM-DD: a calendar day, in no time zone. */
  renewsOn: string;
  termMonths: number;
  note: string;
  renewals: number;
};

export type NewContract = Pick<Contract, "title" | "supplier" | "renewsOn" | "termMonths" | "note">;

/** What is wrong, by field, in words for the person who filled it in. */
export type Problems = Partial<Record<keyof NewContract, string>>;

export type Checked =
  | { contract: NewContract; problems?: never }
  | { contract?: never; problems: Problems };

/** Checks what somebody typed or sent, and reports every problem at once. */
export function checkContract(input: Record<string, unknown>): Checked {
  const problems: Problems = {};
  const title = text(input.title);
  if (title === "") problems.title = "Say what the contract is about.";
  else if (title.length > 120) problems.title = "Keep the title below 120 characters.";

  const supplier = text(input.supplier);
  if (supplier === "") problems.supplier = "Say who the contract is with.";
  else if (supplier.length > 120) problems.supplier = "Keep the name below 120 characters.";

  const renewsOn = text(input.renewsOn);
  if (!isDay(renewsOn)) problems.renewsOn = "Choose the day it renews.";

  const termMonths = Number(text(input.termMonths) || Number.NaN);
  if (!Number.isInteger(termMonths) || termMonths < 1 || termMonths > 120)
    problems.termMonths = "Choose a term between 1 and 120 months.";

  const note = text(input.note);
  if (note.length > 2000) problems.note = "Keep the note below 2000 characters.";

  if (Object.keys(problems).length > 0) return { problems };
  return { contract: { title, supplier, renewsOn, termMonths, note } };
}

function text(value: unknown): string {
  if (typeof value === "number") return String(value);
  return typeof value === "string" ? value.trim() : "";
}

/** True for a day that exists: 2027-02-29 does not. */
function isDay(value: string): boolean {
  if (!/^[12]\d{3}-\d{2}-\d{2}$/.test(value)) return false;
  const date = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
}
