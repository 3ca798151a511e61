import{aS as t}from"./reading-C9sNQVYj.js";function r(i){const{t:o}=t.global;return i<1e3?o("similar.metres",{m:Math.round(i)}):o("similar.kilometres",{km:(i/1e3).toFixed(1)})}export{r as d};
