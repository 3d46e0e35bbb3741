// Results of an inspection: each value is coloured by its limits, Enter moves on, values copied from a column spread out.
(function () {
  "use strict";
  const numberOf = (text) => {
    const cleaned = String(text).trim().replace(",", ".");
    return cleaned === "" ? null : Number(cleaned);
  };

  function isOut(frame, value) {
    const { lower, upper } = frame.dataset;
    return (lower !== "" && value < Number(lower)) || (upper !== "" && value > Number(upper));
  }
  function colour(input) {
    const frame = input.closest("[data-measured]");
    const values = input.matches("[data-measured-many]") ? input.value.split(/[\s;]+/) : [input.value];
    const numbers = values.map(numberOf).filter((one) => one !== null);
    const wrong = numbers.some((one) => Number.isNaN(one) || isOut(frame, one));
    input.classList.toggle("is-out", wrong);
    input.classList.toggle("is-in", numbers.length > 0 && !wrong);
  }
  const fields = () => [...document.querySelectorAll(".measured-cell, [data-measure-count]")];

  document.addEventListener("input", (event) => {
    if (event.target.closest("[data-measured]")) colour(event.target);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || !event.target.matches(".measured-cell, [data-measure-count]")) return;
    event.preventDefault();
    const every = fields();
    const next = every[every.indexOf(event.target) + (event.shiftKey ? -1 : 1)];
    if (next) {
      next.focus();
      next.select();
    }
  });
  document.addEventListener("paste", (event) => {
    if (!event.target.matches(".measured-cell")) return;
    const values = event.clipboardData.getData("text").trim().split(/[\s;]+/);
    if (values.length < 2) return;
    event.preventDefault();
    const cells = [...event.target.closest("[data-measured]").querySelectorAll(".measured-cell")];
    const start = cells.indexOf(event.target);
    values.slice(0, cells.length - start).forEach((value, index) => {
      cells[start + index].value = value;
      cells[start + index].dispatchEvent(new Event("input", { bubbles: true }));
    });
  });
  document.querySelectorAll(".measured-cell, [data-measured-many]").forEach(colour);
  const first = fields().find((input) => !input.value);
  if (first) first.focus();
})();
