import Configuration

extension MethodSpec {
  /// The data set of a run with a seed.
  ///
  /// A data set's `seed` and `fold` may be the word `seed`: then they are the run's seed, so that the runs of a study
  /// divide the data differently, or test on one fold after the other. The runs' own configurations have the number.
  func replacingSeed(by seed: Int) throws(ConfigurationError) -> MethodSpec {
    var options = Options(origin: options.origin)
    for (key, value) in self.options.pairs {
      var value = value
      if ["seed", "fold"].contains(key), value == .text("seed") {
        value = .number(Double(seed))
      } else if case .choice(let inner) = value {
        value = .choice(try inner.replacingSeed(by: seed))
      }
      try options.set(key, value, origin: self.options.origin(of: key))
    }
    return MethodSpec(name, options)
  }

  /// The data set with the word again, where those of two seeds differ.
  func markingSeed(whereUnlike other: MethodSpec) throws(ConfigurationError) -> MethodSpec {
    let others = Dictionary(other.options.pairs.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
    var options = Options(origin: options.origin)
    for (key, value) in self.options.pairs {
      if case .choice(let inner) = value, case .choice(let otherInner)? = others[key] {
        try options.set(key, .choice(try inner.markingSeed(whereUnlike: otherInner)))
      } else {
        try options.set(key, value == others[key] ? value : .text("seed"))
      }
    }
    return MethodSpec(name, options)
  }
}
