// The guided tour leads over several pages: its steps and where the reader is stay in this tab until he ends it.
(function () {
  "use strict";
  const KEY = "concord.tour";
  let guide = null;

  const read = () => JSON.parse(sessionStorage.getItem(KEY) || "null");
  const keep = (tour) => sessionStorage.setItem(KEY, JSON.stringify(tour));
  function end() {
    sessionStorage.removeItem(KEY);
    if (guide) guide.destroy();
  }

  function go(tour, at) {
    if (at >= tour.steps.length) return end();
    tour.at = Math.max(at, 0);
    keep(tour);
    const { url } = tour.steps[tour.at];
    if (url && url !== window.location.pathname) window.location.assign(url);
    else show(tour);
  }

  function show(tour) {
    const step = tour.steps[tour.at];
    const element = (step.target && document.querySelector(step.target)) || undefined;
    const last = tour.at === tour.steps.length - 1;
    if (guide) guide.destroy();
    guide = window.driver.js.driver({ allowClose: true, overlayOpacity: 0.45, stagePadding: 4 });
    guide.highlight({
      element,
      popover: {
        title: tour.words.title,
        description: step.text,
        showButtons: ["next", "previous", "close"],
        disableButtons: tour.at === 0 ? ["previous"] : [],
        showProgress: true,
        progressText: `${tour.at + 1} / ${tour.steps.length}`,
        nextBtnText: last ? tour.words.done : tour.words.next,
        prevBtnText: tour.words.previous,
        onNextClick: () => go(tour, tour.at + 1),
        onPrevClick: () => go(tour, tour.at - 1),
        onCloseClick: end,
      },
    });
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && read()) end();
  });
  document.addEventListener("click", (event) => {
    const holder = event.target.closest("[data-tour]");
    if (holder) go(JSON.parse(document.getElementById(holder.dataset.tour).textContent), 0);
  });
  const running = read();
  if (!running) return;
  const { url } = running.steps[running.at];
  if (!url || url === window.location.pathname) show(running);
  else sessionStorage.removeItem(KEY); // the reader went his own way
})();
