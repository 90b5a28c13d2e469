import { useCallback, useEffect, useState } from "react";
import type { Contract } from "../../shared/contract.ts";
import { AddContract } from "./AddContract.tsx";
import type { Api } from "./api.ts";
import { ContractList } from "./ContractList.tsx";

export function App({ api }: { api: Api }) {
  const [contracts, setContracts] = useState<Contract[]>();
  const [failure, setFailure] = useState("");
  const [done, setDone] = useState("");

  const load = useCallback(async () => {
    setFailure("");
    try {
      setContracts(await api.list());
    } catch (error) {
      setFailure((error as Error).message);
    }
  }, [api]);

  useEffect(() => void load(), [load]);

  async function renew(contract: Contract) {
    setFailure("");
    setDone("");
    try {
      await api.renew(contract.id);
      setDone(`${contract.title} was renewed.`);
      await load();
    } catch (error) {
      setFailure((error as Error).message);
    }
  }

  async function added(contract: Contract) {
    setDone(`${contract.title} was added.`);
    await load();
  }

  return (
    <>
      <header className="top">
        <h1>Renewa</h1>
        <p>Every contract, and the day it renews.</p>
      </header>
      <main>
        <section aria-labelledby="contracts">
          <h2 id="contracts">Contracts</h2>
          {failure !== "" && (
            <div role="alert" className="notice bad">
              <p>{failure}</p>
              <button type="button" className="quiet" onClick={load}>
                Try again
              </button>
            </div>
          )}
          <p role="status" className={done ? "notice good" : "unseen"}>
            {done}
          </p>
          {contracts && <ContractList contracts={contracts} onRenew={renew} />}
          {!contracts && failure === "" && <p className="empty">Loading…</p>}
        </section>
        <AddContract api={api} onAdded={added} />
      </main>
    </>
  );
}
