// Move the focus to what is wrong with a form: it is read first, and the links to its fields follow.
document.querySelector(".errors")?.focus();
