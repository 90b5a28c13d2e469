import { useState } from "react";
import type { Contract } from "../../shared/contract.ts";
import { daysBetween, inWords, longDay, nearness, today } from "./days.ts";

type Props = { contracts: Contract[]; onRenew(contract: Contract): Promise<void> };

export function ContractList({ contracts, onRenew }: Props) {
  if (contracts.length === 0) return <p className="empty">No contracts yet. Add the first one.</p>;
  return (
    <ul className="contracts" aria-label="Contracts">
      {contracts.map((contract) => (
        <Row key={contract.id} contract={contract} onRenew={onRenew} />
      ))}
    </ul>
  );
}

function Row({ contract, onRenew }: { contract: Contract; onRenew: Props["onRenew"] }) {
  const [busy, setBusy] = useState(false);
  const days = daysBetween(today(), contract.renewsOn);

  async function renew() {
    setBusy(true);
    await onRenew(contract);
    setBusy(false);
  }

  return (
    <li aria-label={contract.title}>
      <div className="what">
        <h3>{contract.title}</h3>
        <p>
          {contract.supplier} · {months(contract.termMonths)}
          {contract.renewals > 0 && ` · renewed ${times(contract.renewals)}`}
        </p>
        {contract.note !== "" && <p className="note">{contract.note}</p>}
      </div>
      <div className="when">
        <time dateTime={contract.renewsOn}>{longDay(contract.renewsOn)}</time>
        <span className={`badge ${nearness(days)}`}>{inWords(days)}</span>
      </div>
      <button
        type="button"
        className="quiet"
        disabled={busy}
        aria-label={`Renew ${contract.title}`}
        onClick={renew}
      >
        {busy ? "Renewing…" : "Renew"}
      </button>
    </li>
  );
}

function months(count: number): string {
  return count === 1 ? "1 month" : `${count} months`;
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}
