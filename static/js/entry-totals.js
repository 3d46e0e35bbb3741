// Debit, credit and difference of a typed entry follow while one types: sums of the grid, exact, without asking the server.
(function () {
  "use strict";
  const PLACES = 4; // an amount has four decimals at most

  // "1,234.5" -> [12345n, 1]: a figure as a whole number and its decimals; null: not a figure (yet).
  function read(text) {
    const found = /^\s*(-?)(\d*)(?:\.(\d*))?\s*$/.exec((text || "").replace(/,/g, ""));
    if (!found || !(found[2] || found[3])) return null;
    const decimals = found[3] || "";
    const whole = BigInt((found[2] || "0") + decimals);
    return [found[1] ? -whole : whole, decimals.length];
  }
  // Half away from zero, as the program rounds money.
  function rounded(value, from, to) {
    if (from <= to) return value * 10n ** BigInt(to - from);
    const divisor = 10n ** BigInt(from - to);
    const size = value < 0n ? -value : value;
    const whole = (size + divisor / 2n) / divisor;
    return value < 0n ? -whole : whole;
  }
  const amountOf = (figure) => (figure ? rounded(figure[0], figure[1], PLACES) : 0n);

  function sidesOf(row, decimals) {
    const cell = (name) => row.querySelector(`[name$="-${name}"]`)?.value;
    const debit = amountOf(read(cell("debit")));
    const credit = amountOf(read(cell("credit")));
    const foreign = cell("currency") ? read(cell("currency_amount")) : null;
    if (!foreign) return [debit, credit];
    const rate = read(cell("rate")) || [1n, 0]; // a line in foreign currency is its amount at its rate, on the side typed
    const inBase = rounded(rounded(foreign[0] * rate[0], foreign[1] + rate[1], decimals), decimals, PLACES);
    return credit && !debit ? [0n, inBase] : [inBase, 0n];
  }
  function written(value, decimals) {
    const digits = String(rounded(value, PLACES, decimals)).padStart(decimals + 1, "0");
    const whole = (decimals ? digits.slice(0, -decimals) : digits).replace(/\B(?=(\d{3})+$)/g, ",");
    return decimals ? `${whole}.${digits.slice(-decimals)}` : whole;
  }

  function show(grid, totals) {
    const decimals = Number(totals.dataset.decimals);
    let [debit, credit] = [0n, 0n];
    grid.querySelectorAll("[data-grid-row]").forEach((row) => {
      if (row.hidden || row.querySelector("[name$='-DELETE']")?.checked) return;
      const [left, right] = sidesOf(row, decimals);
      debit += left;
      credit += right;
    });
    const difference = debit > credit ? debit - credit : credit - debit;
    const write = (name, text) => (totals.querySelector(`[data-total=${name}]`).textContent = text);
    write("debit", written(debit, decimals));
    write("credit", written(credit, decimals));
    write("difference", written(difference, decimals));
    write("label", debit > credit ? totals.dataset.lacksCredit : credit > debit ? totals.dataset.lacksDebit : totals.dataset.balanced);
    totals.querySelector("[data-total=difference]").classList.toggle("text-danger", difference !== 0n);
  }

  document.addEventListener("grid:changed", (event) => {
    const grid = event.target.closest("[data-lines-grid]");
    const totals = grid && grid.closest("form").querySelector("[data-entry-totals]");
    if (totals) show(grid, totals);
  });
  document.querySelectorAll("[data-entry-totals]").forEach((totals) => show(totals.closest("form").querySelector("[data-lines-grid]"), totals));
})();
