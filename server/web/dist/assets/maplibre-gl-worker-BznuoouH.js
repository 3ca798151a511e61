const e="/assets/maplibre-gl-worker-bqanWBSC.js";export{e as default};
