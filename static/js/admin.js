// The admin uses the theme switch of the house and nothing else of it.
import * as theme from "./theme.js";

theme.start();
