// The frame of every page: navigation, theme, search box, back buttons.
(function () {
  "use strict";
  const root = document.documentElement;
  const store = (key, value) => {
    try {
      localStorage.setItem(key, value);
    } catch {
      return; // storage is forbidden in this browser: the choice lasts for this page
    }
  };

  document.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest(selector);
    if (at("[data-theme-toggle]")) {
      root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
      store("concord.theme", root.dataset.bsTheme);
      document.dispatchEvent(new CustomEvent("theme:changed"));
    } else if (at("[data-sidebar-toggle]")) {
      const narrow = root.classList.toggle("sidebar-narrow");
      store("concord.sidebar", narrow ? "narrow" : "wide");
      window.dispatchEvent(new Event("resize"));
    } else if (at("[data-drawer-open]")) {
      drawer(true);
    } else if (at("[data-drawer-close]")) {
      drawer(false);
    } else if (at("[data-back]")) {
      history.back();
    } else if (at("[data-timeline-show]")) {
      const wanted = at("[data-timeline-show]");
      wanted.parentElement.querySelectorAll("button").forEach((button) => button.classList.toggle("active", button === wanted));
      wanted.closest("#timeline").querySelectorAll(".timeline-event").forEach((entry) => (entry.hidden = wanted.dataset.timelineShow !== "" && entry.dataset.kind !== wanted.dataset.timelineShow));
    } else if (at("[data-fullscreen]")) {
      if (document.fullscreenElement) document.exitFullscreen();
      else root.requestFullscreen();
    } else if (root.classList.contains("sidebar-narrow") && at(".app-nav summary") && window.innerWidth >= 992) {
      root.classList.remove("sidebar-narrow"); // a group opens only in the wide menu
      store("concord.sidebar", "wide");
    }
  });

  function drawer(open) {
    root.classList.toggle("drawer-open", open);
    const focus = document.querySelector(open ? ".app-sidebar .app-nav-link" : "[data-drawer-open]");
    if (focus) focus.focus();
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && root.classList.contains("drawer-open")) drawer(false);
  });
  const active = document.querySelector(".app-nav-child.is-active");
  if (active) active.scrollIntoView({ block: "nearest" });

  // Search box: arrows walk through the results, Enter opens the chosen one or the only exact hit, Escape leaves.
  const input = document.querySelector("[data-search-input]");
  const box = document.querySelector("[data-search-results]");
  if (!input || !box) return;
  const links = () => [...box.querySelectorAll("a[href]")];
  const show = (visible) => box.classList.toggle("is-open", visible && box.childElementCount > 0);
  box.addEventListener("htmx:afterSwap", () => show(document.activeElement === input || box.contains(document.activeElement)));
  input.addEventListener("focus", () => show(true));
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".app-search")) show(false);
  });
  input.form.addEventListener("keydown", (event) => {
    const all = links();
    const here = all.indexOf(document.activeElement);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const next = here + (event.key === "ArrowDown" ? 1 : -1);
      (next < 0 ? input : all[Math.min(next, all.length - 1)] || input).focus();
    } else if (event.key === "Escape") {
      show(false);
      input.blur();
    } else if (event.key === "Enter" && here < 0) {
      const exact = box.querySelector("a[data-exact]");
      if (exact && box.classList.contains("is-open")) {
        event.preventDefault();
        exact.click();
      }
    }
  });
})();
