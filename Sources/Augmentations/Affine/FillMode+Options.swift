import Configuration

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
