extension SampleSummary {
  /// The mean with its interval: "97.85 ± 0.12%", and ", 1 of 5 diverged" where runs did.
  public func meanText(_ style: ValueStyle = .plain) -> String {
    let margin = interval.map { $0.width / 2 } ?? 0
    return (margin > 0 ? style.value(mean, plusMinus: margin) : style.value(mean)) + divergence
  }

  /// The median with its quartiles: "97.85% (97.80–97.92%)", and ", 1 of 5 diverged" where runs did.
  public func medianText(_ style: ValueStyle = .plain) -> String {
    let spread = interquartileRange
    let range = spread > 0 ? " (\(style.range(lowerQuartile, upperQuartile, uncertainty: spread)))" : ""
    return style.value(median, uncertainty: spread) + range + divergence
  }

  private var divergence: String { diverged > 0 ? ", \(diverged) of \(count + diverged) diverged" : "" }
}
