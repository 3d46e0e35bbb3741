// Boards: cards move by dragging or by their menu; the server decides, and a refused card goes back.
(function () {
  "use strict";
  const csrf = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];

  function recount(board) {
    board.querySelectorAll("[data-board-column]").forEach((list) => {
      const counter = list.closest(".board-column").querySelector("[data-board-count]");
      if (counter) counter.textContent = list.querySelectorAll("[data-id]").length;
    });
  }
  async function move(board, card, to, back) {
    const refusal = document.getElementById("refusal");
    const list = board.querySelector(`[data-board-column="${CSS.escape(to)}"]`);
    const position = [...list.querySelectorAll("[data-id]")].indexOf(card);
    const body = new URLSearchParams({ id: card.dataset.id, to, position: String(position) });
    recount(board);
    card.classList.add("is-busy");
    let response = null;
    try {
      response = await fetch(board.dataset.moveUrl, { method: "POST", body, credentials: "same-origin", headers: { "X-CSRFToken": csrf(), "HX-Request": "true" } });
    } catch {
      window.concord.toast("warning", window.concord.words().offline);
    }
    card.classList.remove("is-busy");
    if (response && response.ok) {
      refusal.replaceChildren();
      document.body.dispatchEvent(new CustomEvent("board:moved", { detail: { id: card.dataset.id, to } }));
      return;
    }
    back();
    recount(board);
    if (!response) return;
    if (response.status >= 500) window.concord.toast("error", window.concord.words().failed);
    else {
      refusal.innerHTML = await response.text(); // our own page's fragment, escaped by the server
      refusal.scrollIntoView({ block: "nearest" });
    }
  }
  function arm(scope) {
    scope.querySelectorAll("[data-reorder]").forEach((list) => {
      if (!window.Sortable.get(list)) window.Sortable.create(list, { handle: "[data-handle]", animation: 120 });
    });
    scope.querySelectorAll("[data-board][data-move-url] [data-board-column]").forEach((list) => {
      if (window.Sortable.get(list)) return;
      const board = list.closest("[data-board]");
      window.Sortable.create(list, {
        group: "board",
        animation: 120,
        delay: 150,
        delayOnTouchOnly: true,
        filter: "button, .dropdown-menu",
        preventOnFilter: false,
        onEnd: ({ item, from, to, oldIndex, newIndex }) => {
          if (from === to && oldIndex === newIndex) return;
          move(board, item, to.dataset.boardColumn, () => from.insertBefore(item, from.children[oldIndex] || null));
        },
      });
    });
  }
  document.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-board-move]");
    if (!choice) return;
    const board = choice.closest("[data-board]");
    const card = choice.closest("[data-id]");
    const [from, after] = [card.parentElement, card.nextElementSibling];
    board.querySelector(`[data-board-column="${CSS.escape(choice.dataset.boardMove)}"]`).append(card);
    move(board, card, choice.dataset.boardMove, () => from.insertBefore(card, after));
  });
  arm(document);
  document.addEventListener("assets:ready", () => arm(document));
})();
