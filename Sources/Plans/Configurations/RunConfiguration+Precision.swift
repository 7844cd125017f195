import Configuration
import Training

extension SettingFormat where Value == LossScaling {
  /// `none`, `dynamic`, or a number above 0.
  static var lossScaling: SettingFormat {
    SettingFormat(
      "none, dynamic, or a number above 0",
      read: { (options, key, fallback) throws(ConfigurationError) in
        switch try options.peek(key) {
        case nil, .text("none"), .text("dynamic"):
          let word = options.take(key)
          return word == nil ? fallback : word == .text("none") ? .none : .dynamic
        default: return .fixed(try options.value(key, .positive, default: 1.0))
        }
      },
      write: { $0.notation })
  }
}

extension LossScaling {
  var notation: OptionValue {
    switch self {
    case .none: .text("none")
    case .fixed(let scale): .number(scale)
    case .dynamic: .text("dynamic")
    }
  }
}

extension Options {
  /// How parameters are rounded.
  /// - Throws: `ConfigurationError` for random rounding in a type that isn't half precision.
  mutating func parameterRounding(_ key: String, of dtype: DType) throws(ConfigurationError) -> ParameterRounding {
    let origin = origin(of: key)
    let rounding = try oneOf(key, default: ParameterRounding.nearest)
    guard rounding == .nearest || [.bfloat16, .float16].contains(dtype) else {
      throw .invalid(
        message: "'\(key): stochastic' is for half precision, dtype: bfloat16 or float16, not \(dtype)", origin: origin)
    }
    return rounding
  }
}
