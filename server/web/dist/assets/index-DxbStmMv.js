import{aw as m}from"./desk-BP6exrph.js";import{x as p,F as u}from"./reading-B_MK02mK.js";const c=({from:e,replacement:a,scope:t,version:r,ref:s,type:i="API"},o)=>{p(()=>u(o),d=>{d&&m(t,`[${i}] ${e} is about to be deprecated in version ${r}, please use ${a} instead.
For more detail, please visit: ${s}
`)},{immediate:!0})};export{c as u};
