import Configuration

extension SettingFormat where Value == any RangeSchedule {
  /// Zoom factors: `[low, high]`, or z for `[1 - z, 1 + z]`.
  static var zoom: SettingFormat {
    let range = range(in: 0.001...1000)
    return SettingFormat(
      range.allowed + ", or z for [1 - z, 1 + z]",
      read: { (options, key, fallback) throws(ConfigurationError) in
        guard case .number = try options.peek(key) else { return try options.value(key, range, default: fallback) }
        let amount = try options.number(key, default: 0, in: 0...0.999)
        return (1 - amount)...(1 + amount)
      },
      write: range.write)
  }
}
