import{c as e,i as t,h as r,F as a}from"./palette-lfTdbGZl.js";e({render:()=>r(a,{title:"app.title"})}).use(t).mount("#root");
