import{c as e,h as t,i as r,F as a}from"./palette-lfTdbGZl.js";e({render:()=>t(a,{title:"desk.title"})}).use(r).mount("#root");
