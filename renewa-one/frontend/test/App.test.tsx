import { cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import type { Contract, NewContract } from "../../shared/contract.ts";
import { App } from "../src/App.tsx";
import type { Api } from "../src/api.ts";

afterEach(cleanup);

const lease: Contract = {
  id: "7",
  title: "Lease",
  supplier: "Hafen",
  renewsOn: "2027-01-31",
  termMonths: 12,
  note: "",
  renewals: 0,
};

function fake(contracts: Contract[] = [lease]): Api & { added: NewContract[] } {
  const added: NewContract[] = [];
  return {
    added,
    list: async () => [...contracts],
    add: async (contract) => {
      added.push(contract);
      const stored = { ...contract, id: "8", renewals: 0 };
      contracts.push(stored);
      return stored;
    },
    renew: async () => ({ ...lease, renewals: 1 }),
  };
}

function fillIn(values: Record<string, string>) {
  for (const [label, value] of Object.entries(values))
    fireEvent.change(screen.getByLabelText(label), { target: { value } });
  fireEvent.click(screen.getByRole("button", { name: "Add contract" }));
}

test("the list shows title, supplier, term and day", async () => {
  render(<App api={fake()} />);
  const row = await screen.findByRole("listitem", { name: "Lease" });
  expect(row.textContent).toContain("Hafen · 12 months");
  expect(row.textContent).toContain("31 Jan 2027");
});

test("an empty list says what to do", async () => {
  render(<App api={fake([])} />);
  await screen.findByText("No contracts yet. Add the first one.");
});

test("an empty form is not sent, and says what is missing beside the field", async () => {
  const api = fake();
  render(<App api={api} />);
  fillIn({ Supplier: "Hafen" });
  const title = screen.getByLabelText("Title");
  expect(title.getAttribute("aria-invalid")).toBe("true");
  expect(title.getAttribute("aria-describedby")).toBe("title-problem");
  expect(screen.getByLabelText("Supplier").getAttribute("aria-invalid")).toBeNull();
  expect(api.added).toEqual([]);
});

test("an added contract is in the list, and a message reports it", async () => {
  render(<App api={fake()} />);
  fillIn({ Title: "Insurance", Supplier: "Alte Elbe", "Renews on": "2027-05-01" });
  await screen.findByRole("listitem", { name: "Insurance" });
  expect(screen.getByRole("status").textContent).toBe("Insurance was added.");
});

test("a message reports a renewal", async () => {
  render(<App api={fake()} />);
  fireEvent.click(await screen.findByRole("button", { name: "Renew Lease" }));
  await screen.findByText("Lease was renewed.");
});

test("a list that cannot be loaded says so, and can be tried again", async () => {
  const api = fake();
  const { list } = api;
  api.list = () => Promise.reject(new Error("The server does not answer."));
  render(<App api={api} />);
  const alert = await screen.findByRole("alert");
  expect(alert.textContent).toContain("The server does not answer.");
  api.list = list;
  fireEvent.click(within(alert).getByRole("button", { name: "Try again" }));
  await screen.findByRole("listitem", { name: "Lease" });
  expect(screen.queryByRole("alert")).toBeNull();
});

test("a contract that cannot be added stays in the form", async () => {
  const api = fake();
  api.add = () => Promise.reject(new Error("The server does not answer."));
  render(<App api={api} />);
  fillIn({ Title: "Insurance", Supplier: "Alte Elbe", "Renews on": "2027-05-01" });
  expect((await screen.findByRole("alert")).textContent).toBe("The server does not answer.");
  expect((screen.getByLabelText("Title") as HTMLInputElement).value).toBe("Insurance");
});
