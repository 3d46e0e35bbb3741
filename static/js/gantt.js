// Operations on machines: a bar is dragged (or moved with arrow keys) to another time or work centre; the form does the rest.
(function () {
  "use strict";
  const HOUR = 3600;
  const formOf = (bar) => document.getElementById(bar.dataset.identity ? "gantt-move-planned" : "gantt-move");
  const boxOf = (bar) => bar.closest("[data-gantt]");
  const secondsPerUnit = (bar) => Number(boxOf(bar).dataset.seconds);
  const state = new WeakMap(); // bar -> {dx, dy}

  function shift(bar, dx, dy) {
    state.set(bar, { dx, dy });
    bar.setAttribute("transform", `translate(${dx} ${dy})`);
    bar.classList.toggle("is-moved", Boolean(dx || dy));
  }
  function laneAt(bar, dy) {
    const y = Number(bar.querySelector("rect").getAttribute("y")) + dy + 13;
    const lanes = [...boxOf(bar).querySelectorAll("[data-lane]")];
    return lanes.filter((lane) => Number(lane.dataset.y) <= y).pop() || lanes[0];
  }
  function drop(bar) {
    const { dx, dy } = state.get(bar) || { dx: 0, dy: 0 };
    const form = formOf(bar);
    if (!form || (!dx && !dy)) return;
    const starts = new Date(new Date(bar.dataset.starts).getTime() + dx * secondsPerUnit(bar) * 1000);
    const lane = laneAt(bar, dy);
    const { identity, number, operation, center } = bar.dataset;
    const named = identity ? { identity, number } : { operation_id: operation };
    const sent = { ...named, starts_at: starts.toISOString(), work_center_id: lane ? lane.dataset.lane : center };
    for (const [name, value] of Object.entries(sent)) form.elements[name].value = value;
    form.requestSubmit();
  }

  document.addEventListener("pointerdown", (event) => {
    const bar = event.target.closest && event.target.closest(".gantt-op.is-movable");
    if (!bar || event.button !== 0) return;
    event.preventDefault();
    const from = { x: event.clientX, y: event.clientY };
    bar.setPointerCapture(event.pointerId);
    const move = (one) => shift(bar, one.clientX - from.x, Math.abs(one.clientY - from.y) < 17 ? 0 : one.clientY - from.y);
    const end = (one) => {
      bar.removeEventListener("pointermove", move);
      bar.removeEventListener("pointerup", end);
      bar.removeEventListener("pointercancel", end);
      if (one.type === "pointerup" && Math.hypot(one.clientX - from.x, one.clientY - from.y) > 4) drop(bar);
      else shift(bar, 0, 0);
    };
    bar.addEventListener("pointermove", move);
    bar.addEventListener("pointerup", end);
    bar.addEventListener("pointercancel", end);
  });
  document.addEventListener("keydown", (event) => {
    const bar = event.target.closest && event.target.closest(".gantt-op.is-movable");
    if (!bar) return;
    const now = state.get(bar) || { dx: 0, dy: 0 };
    const step = (event.shiftKey ? 24 : 1) * (HOUR / secondsPerUnit(bar));
    const moves = { ArrowRight: [step, 0], ArrowLeft: [-step, 0], ArrowDown: [0, 34], ArrowUp: [0, -34] };
    if (moves[event.key]) shift(bar, now.dx + moves[event.key][0], now.dy + moves[event.key][1]);
    else if (event.key === "Enter" || event.key === " ") drop(bar);
    else if (event.key === "Escape") shift(bar, 0, 0);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  document.addEventListener("pointerover", (event) => mark(event, true));
  document.addEventListener("pointerout", (event) => mark(event, false));
  function mark(event, on) {
    const bar = event.target.closest && event.target.closest(".gantt-op");
    if (!bar) return;
    boxOf(bar).querySelectorAll(`[data-order="${bar.dataset.order}"]`).forEach((one) => one.classList.toggle("is-same", on));
  }
})();
