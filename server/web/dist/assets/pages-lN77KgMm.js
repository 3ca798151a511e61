async function u(n,o){const t=[];for(let e;;){const{data:a,failure:r}=await n(e);if(r)return{data:void 0,failure:r};if(t.push(...o(a)),!a.next)return{data:t,failure:null};e=a.next}}export{u as e};
