// Every page is drawn in the browser, so that the same shell serves them all, with or without network.
export const ssr = false;
