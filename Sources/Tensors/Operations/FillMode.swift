/// What lies outside an image, in SciPy's and Keras' terms.
public enum FillMode: Sendable, Hashable {
  /// The nearest pixel of the edge: `aaaa|abcd|dddd`.
  case nearest
  /// The image mirrored at its edge: `dcba|abcd|dcba`.
  case reflect
  /// The image again, from one pixel's centre in the first row or column to that in the last, as SciPy's `wrap`.
  case wrap
  /// A value in the images' units. It begins at the outermost pixels' centres, as SciPy's `constant`.
  case constant(Double)
}
