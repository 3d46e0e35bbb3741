// Guided tour: [data-tour] names a JSON script with steps [{element, title, text}] and the words of its buttons.
(function () {
  "use strict";
  function start(holder) {
    const { steps, next, previous, done, progress } = JSON.parse(document.getElementById(holder.dataset.tour).textContent);
    const guide = window.driver.js.driver({
      showProgress: true,
      nextBtnText: next,
      prevBtnText: previous,
      doneBtnText: done,
      progressText: progress,
      steps: steps
        .filter((step) => !step.element || document.querySelector(step.element))
        .map((step) => ({ element: step.element, popover: { title: step.title, description: step.text } })),
    });
    guide.drive();
  }
  document.addEventListener("click", (event) => {
    const holder = event.target.closest("[data-tour]");
    if (holder) start(holder);
  });
  const auto = document.querySelector("[data-tour][data-tour-now]");
  if (auto) start(auto);
})();
