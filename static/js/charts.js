// Pictures: every [data-chart] shows the ECharts option in the JSON script it names, in the colours of the page.
(function () {
  "use strict";
  const drawn = new Set();
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const colour = (name) => {
    const probe = document.createElement("span"); // resolves light-dark() and oklch() to what the canvas understands
    probe.style.color = `var(${name})`;
    document.body.append(probe);
    const value = getComputedStyle(probe).color;
    probe.remove();
    return toRgb(value);
  };
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  function toRgb(value) {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = value;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return `rgba(${r},${g},${b},${a / 255})`;
  }
  const number = new Intl.NumberFormat(document.documentElement.lang || "en", { maximumFractionDigits: 2 });

  function theme() {
    const text = colour("--tblr-body-color");
    const quiet = colour("--tblr-secondary-color");
    const line = colour("--tblr-border-color");
    const axis = { axisLine: { lineStyle: { color: line } }, axisTick: { show: false }, axisLabel: { color: quiet }, splitLine: { lineStyle: { color: line } }, nameTextStyle: { color: quiet } };
    const series = ["--chart-1", "--chart-2", "--chart-3", "--chart-4", "--chart-5", "--chart-6"].map(colour);
    return {
      color: series,
      backgroundColor: "transparent",
      textStyle: { color: text, fontFamily: css("--tblr-font-sans-serif") },
      title: { textStyle: { color: text, fontSize: 14 }, subtextStyle: { color: quiet } },
      legend: { top: 0, bottom: "auto", textStyle: { color: quiet }, icon: "roundRect", itemWidth: 10, itemHeight: 10 },
      tooltip: { backgroundColor: colour("--tblr-bg-surface"), borderColor: line, textStyle: { color: text }, confine: true },
      grid: { left: 8, right: 16, top: 40, bottom: 8, containLabel: true },
      categoryAxis: Object.assign({}, axis, { splitLine: { show: false } }),
      valueAxis: axis,
      timeAxis: axis,
      logAxis: axis,
      bar: { barMaxWidth: 36, itemStyle: { borderRadius: [3, 3, 0, 0] } },
      line: { symbolSize: 5, lineStyle: { width: 2 } },
      sankey: { label: { color: text, textBorderWidth: 0 }, lineStyle: { color: "source", opacity: 0.25 } },
      funnel: { label: { color: text }, itemStyle: { borderWidth: 0 } },
      pie: { label: { color: text }, itemStyle: { borderColor: colour("--tblr-bg-surface"), borderWidth: 2 } },
      graph: { label: { color: text } },
      tree: { label: { color: text }, lineStyle: { color: line } },
      radar: { axisName: { color: quiet }, splitLine: { lineStyle: { color: line } }, splitArea: { show: false } },
    };
  }
  function isEmpty(option) {
    const series = [].concat(option.series || []);
    return !series.length || series.every((one) => one.data && !one.data.length && !(one.links || []).length);
  }
  // A tree larger than its window grows from the middle of the left edge: there it begins to be read.
  function toRoot(frame) {
    if (frame.scrollHeight > frame.clientHeight) frame.scrollTop = (frame.scrollHeight - frame.clientHeight) / 2;
  }
  function draw(holder) {
    const source = document.getElementById(holder.dataset.chart);
    if (!source) return;
    const option = JSON.parse(source.textContent);
    const before = window.echarts.getInstanceByDom(holder);
    if (before) before.dispose();
    if (isEmpty(option)) {
      holder.textContent = window.concord.words().noData;
      holder.classList.add("chart-empty");
      return;
    }
    holder.classList.remove("chart-empty");
    const chart = window.echarts.init(holder, theme(), { renderer: "svg" });
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const figures = (value) => (typeof value === "number" ? number.format(value) : value);
    if (option.legend && !Array.isArray(option.legend)) option.legend = Object.assign({ type: "scroll" }, option.legend); // one line of names
    chart.setOption(Object.assign({ animation: !calm, animationDuration: 300, aria: { enabled: true } }, option, {
      tooltip: Object.assign({ valueFormatter: figures, trigger: [].concat(option.series)[0].type === "pie" ? "item" : undefined }, option.tooltip),
    }));
    chart.on("click", (event) => {
      const url = (event.data && event.data.url) || holder.dataset.url;
      if (url) window.location.assign(url);
    });
    chart.getZr().on("mousemove", () => (holder.style.cursor = ""));
    drawn.add(holder);
    if ([].concat(option.series)[0].type === "tree") toRoot(holder.parentElement);
    new ResizeObserver(() => holder.isConnected && !chart.isDisposed() && chart.resize()).observe(holder);
  }
  const all = (scope) => scope.querySelectorAll("[data-chart]").forEach((holder) => drawn.has(holder) || draw(holder));
  all(document);
  document.addEventListener("assets:ready", (event) => all(event.detail.scope.closest ? event.detail.scope.parentElement || document : document));
  document.addEventListener("theme:changed", () => {
    drawn.forEach((holder) => {
      drawn.delete(holder);
      if (holder.isConnected) draw(holder);
    });
  });
})();
