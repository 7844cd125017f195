/// A difference of means with its standard error and the degrees of freedom to judge it by.
struct MeanDifference {
  let difference: Double
  let standardError: Double
  let degreesOfFreedom: Double

  /// Of paired differences.
  init(_ differences: [Double]) {
    let moments = Moments(differences)
    difference = moments.mean
    standardError = moments.standardError
    degreesOfFreedom = Double(moments.count - 1)
  }

  /// Of independent samples, by the formula of Welch and Satterthwaite.
  init(candidate: [Double], baseline: [Double]) {
    let (one, other) = (Moments(candidate), Moments(baseline))
    difference = one.mean - other.mean
    let errors = [one.standardError, other.standardError]
    let largest = Swift.max(errors[0], errors[1])
    let (n, m) = (Double(one.count - 1), Double(other.count - 1))
    guard largest > 0 else {
      standardError = 0
      degreesOfFreedom = n + m
      return
    }
    // Relative to the larger, so that fourth powers neither overflow nor vanish.
    let squares = errors.map { $0 / largest * ($0 / largest) }
    let sum = squares[0] + squares[1]
    standardError = largest * sum.squareRoot()
    degreesOfFreedom = sum * sum / (squares[0] * squares[0] / n + squares[1] * squares[1] / m)
  }

  /// Both means need at least two values behind them.
  func interval(alpha: Double) -> Interval {
    let margin =
      standardError == 0
      ? 0 : StudentT(unchecked: degreesOfFreedom).value(upperTail: alpha / 2) * standardError
    return Interval(difference - margin, difference + margin)
  }

  /// The larger p of two one-sided t tests (TOST; Schuirmann, 1987): small if the difference lies within ±`margin`.
  func equivalenceP(margin: Double) -> Double {
    let room = margin - difference.magnitude
    if standardError == 0 { return room > 0 ? 0 : 1 }
    return StudentT(unchecked: degreesOfFreedom).upperTail(room / standardError)
  }
}
