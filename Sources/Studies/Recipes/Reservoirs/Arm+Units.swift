extension Arm {
  /// An arm that differs in the reservoir's size, a tenth of it where a budget only shows that it runs.
  static func units(_ count: Int, for budget: Budget) -> Arm {
    Arm("\(count) units", ["experiment.units": "\(budget == .smoke ? count / 10 : count)"])
  }
}
