import Figures

/// A p value with two digits, as "p = 0.44" or "p < 0.001".
package enum PText {
  package static func equation(_ p: Double) -> String { p < 0.001 ? "p < 0.001" : "p = \(value(p))" }

  package static func value(_ p: Double) -> String {
    if p > 0.995 { return "1" }
    return p < 0.001
      ? NumberText.significant(p, digits: 1) : NumberText.decimal(p, places: NumberText.places(uncertainty: p))
  }
}
