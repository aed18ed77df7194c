/** The box that the map is drawn in, in units of its own. */
export const mapBox = { width: 1000, height: 505 }
