// Before the first paint: the admin wears the theme the reader chose elsewhere. Not a module, so that it is in time.
const chosenTheme = document.cookie.match(/(?:^|; )theme=(light|dark)/)?.[1];
if (chosenTheme) document.documentElement.dataset.theme = chosenTheme;
