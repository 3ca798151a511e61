function e(a){return a?!a.staff_number||a.staff_number===a.display_name?a.display_name??"":a.display_name?`${a.display_name} · ${a.staff_number}`:a.staff_number:""}export{e as p};
