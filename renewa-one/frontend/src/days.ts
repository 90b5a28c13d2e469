/** Calendar days as text, and how near they are. */

export type Nearness = "overdue" | "soon" | "later";

const day = 24 * 60 * 60 * 1000;

/** Whole days from one YYYY-MM-DD to another. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / day);
}

/** Today where the reader is, which near midnight is not today in UTC. */
export function today(now = new Date()): string {
  const pad = (n: number) => String(n).padStart(2, "0");
  return `${now.getFullYear()}-${pad(now.getMonth() + 1)}-${pad(now.getDate())}`;
}

export function nearness(days: number): Nearness {
  if (days < 0) return "overdue";
  return days <= 30 ? "soon" : "later";
}

export function inWords(days: number): string {
  if (days === 0) return "today";
  const count = Math.abs(days) === 1 ? "1 day" : `${Math.abs(days)} days`;
  return days < 0 ? `${count} overdue` : `in ${count}`;
}

/** 2027-01-31 as "31 Jan 2027", the same everywhere. */
export function longDay(value: string): string {
  return new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    timeZone: "UTC",
  }).format(Date.parse(`${value}T00:00:00Z`));
}
