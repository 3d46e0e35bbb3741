// Loads the larger libraries only on pages that hold something for them, again after every htmx swap.
(function () {
  "use strict";
  const assets = document.getElementById("ui-assets").dataset;
  const NEEDS = [
    ["[data-chart]", ["echarts", "charts"]],
    ["[data-board], [data-reorder]", ["sortable", "board"]],
    ["select[data-enhance]", ["tomSelect", "selects"]],
    ["[data-scan]", ["scan"]],
    ["[data-tour]", ["driver", "tour"]],
    ["[x-data]", ["alpine"]],
  ];
  const key = (name) => "asset" + name[0].toUpperCase() + name.slice(1);
  const loading = new Map();

  function load(name) {
    if (!loading.has(name)) {
      loading.set(name, new Promise((done, failed) => {
        const url = assets[key(name)];
        const script = document.createElement("script");
        script.src = url;
        script.onload = done;
        script.onerror = () => {
          loading.delete(name); // asked for again with the next part of the page
          failed(new Error(url));
        };
        document.head.append(script);
      }));
      const style = assets[key(name) + "Css"];
      if (style) document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: style }));
    }
    return loading.get(name);
  }
  let told = false;
  function tell() {
    if (!told) window.concord.toast("warning", window.concord.words().unloaded);
    told = true;
  }
  async function check(scope) {
    for (const [selector, names] of NEEDS) {
      if (!scope.querySelector(selector) && !(scope.matches && scope.matches(selector))) continue;
      try {
        for (const name of names) await load(name);
      } catch {
        tell(); // the page is read without its picture, and says why there is none
        continue;
      }
      document.dispatchEvent(new CustomEvent("assets:ready", { detail: { scope } }));
    }
  }
  async function resumeTour() {
    if (!sessionStorage.getItem("concord.tour")) return;
    await load("driver");
    await load("tour");
  }
  check(document);
  resumeTour();
  document.body.addEventListener("htmx:load", (event) => check(event.detail.elt));
})();
