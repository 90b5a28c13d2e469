package image

// Elsewhere stands for the commit of an image whose label names none, because another tool built the image.
const Elsewhere = "built elsewhere"
