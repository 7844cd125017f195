import Configuration

/// What lies outside an image, in SciPy's and Keras' terms.
public enum FillMode: Sendable, Hashable {
  /// The nearest pixel of the edge: `aaaa|abcd|dddd`.
  case nearest
  /// The image mirrored at its edge: `dcba|abcd|dcba`.
  case reflect
  /// The image again, from one pixel's centre in the first row or column to that in the last, as SciPy's `wrap`.
  case wrap
  /// A value in the data set's units. It begins at the outermost pixels' centres, as SciPy's `constant`.
  case constant(Double)
}

extension FillMode {
  static let parameters = [
    Parameter("fill", default: "nearest", "what lies outside: nearest, reflect, wrap or constant"),
    Parameter("fillValue", default: 0, "the value for 'constant', in the data set's units"),
  ]

  init(from options: inout Options) throws(ConfigurationError) {
    enum Word: String, CaseIterable { case nearest, reflect, wrap, constant }
    let word = try options.oneOf("fill", default: Word.nearest)
    let value = try options.number("fillValue", default: 0, in: -1e30...1e30)
    self =
      switch word {
      case .nearest: .nearest
      case .reflect: .reflect
      case .wrap: .wrap
      case .constant: .constant(value)
      }
  }
}
