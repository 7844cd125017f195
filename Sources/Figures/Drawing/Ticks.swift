/// A mark on an axis. Minor ticks have no label.
struct Tick: Equatable {
  var value: Double
  var label: String
  var isMinor: Bool { label.isEmpty }
}

/// Round numbers to mark an axis with.
enum Ticks {
  /// Ticks within `lower...upper`, with about `count` intervals between labelled ones.
  ///
  /// - Parameter integral: whether the axis has whole numbers only, such as epochs or seeds.
  static func marks(
    from lower: Double, to upper: Double, scale: AxisScale, format: TickFormat, count: Int, integral: Bool = false
  ) -> [Tick] {
    guard lower.isFinite, upper.isFinite, lower < upper else { return [] }
    switch scale {
    case .linear: return linear(from: lower, to: upper, format: format, count: count, integral: integral)
    case .log2: return binary(from: lower, to: upper, format: format, count: count)
    case .log10: return decimal(from: lower, to: upper, format: format, count: count)
    }
  }

  // MARK: Linear

  /// The step of one, two or five times a power of ten whose number of intervals is closest to `count`.
  static func step(from lower: Double, to upper: Double, count: Int, integral: Bool) -> (
    mantissa: Double, exponent: Int
  )? {
    let intervals = Double(max(count, 1))
    let raw = upper / intervals - lower / intervals
    guard raw > 0, raw.isFinite, let exponent = raw.decimalLogarithm.rounded(.down).integer else { return nil }
    if integral, exponent < 0 { return (1, 0) }
    let fraction = raw / .power(10, Double(exponent))
    // Steps of 25 and its multiples by ten are allowed, but not 2.5: it reads badly, and epochs have no halves.
    let choices: [Double] = exponent >= 1 ? [1, 2, 2.5, 5, 10] : [1, 2, 5, 10]
    // The boundary between two steps is their geometric mean.
    let mantissa = zip(choices, choices.dropFirst()).first { fraction * fraction <= $0 * $1 }?.0 ?? 10
    return mantissa == 10 ? (1, exponent + 1) : (mantissa, exponent)
  }

  private static func linear(
    from lower: Double, to upper: Double, format: TickFormat, count: Int, integral: Bool
  ) -> [Tick] {
    let found = format == .duration ? clock(from: lower, to: upper, count: count) : nil
    guard let (mantissa, exponent) = found ?? step(from: lower, to: upper, count: count, integral: integral) else {
      return []
    }
    // Dividing by a power of ten gives the double closest to 3/10; multiplying by 0.1 does not.
    let divides = exponent < 0 && exponent >= -300
    let power = Double.power(10, Double(divides ? -exponent : exponent))
    func value(_ index: Double) -> Double { divides ? index * mantissa / power : index * mantissa * power }
    let unit = value(1)
    guard unit > 0, unit.isFinite else { return [] }
    let slack = 1e-9
    let first = (lower / unit - slack).rounded(.up)
    let last = (upper / unit + slack).rounded(.down)
    guard first.isFinite, last.isFinite, last >= first, last - first < 1000 else { return [] }
    var values: [Double] = []
    for index in 0...Int(last - first) {
      let next = value(first + Double(index))
      // There is nothing to mark between neighbouring doubles.
      if next.isFinite, next > values.last ?? -.infinity { values.append(next) }
    }
    return labelled(values, exponent: exponent, format: format)
  }

  /// A step that suits clocks: 15 s, 30 s, 1 min, 5 min, …. `nil` below ten seconds, where decimal steps suit.
  private static func clock(from lower: Double, to upper: Double, count: Int) -> (Double, Int)? {
    let raw = (upper / 2 - lower / 2) / Double(max(count, 1)) * 2
    let steps: [Double] = [15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400]
    return raw < 10 ? nil : steps.first(where: { raw <= $0 }).map { ($0, 0) }
  }

  private static func labelled(_ values: [Double], exponent: Int, format: TickFormat) -> [Tick] {
    let largest = values.map { abs($0) }.max() ?? 0
    let magnitude = largest > 0 ? largest.decimalLogarithm.rounded(.down).integer ?? 0 : 0
    let scientific =
      format == .scientific
      || (format == .automatic && largest > 0 && (magnitude >= 6 || magnitude < -4 || exponent < -9))
    return values.map { value in
      guard scientific else {
        let places = format == .percent ? -exponent - 2 : -exponent
        return Tick(value: value, label: format.text(value, places: max(0, places)))
      }
      return Tick(
        value: value, label: mantissa(value, exponent: magnitude, places: min(15, max(0, magnitude - exponent))))
    }
  }

  /// `0.5×10⁶`: all numbers of an axis share the power of the largest.
  private static func mantissa(_ value: Double, exponent: Int, places: Int) -> String {
    if value == 0 { return "0" }
    // Subnormal powers are too coarse to divide by.
    guard exponent > -300 else { return TickFormat.scientific(value, places: places) }
    let factor = NumberText.typeset(NumberText.fixed(value / .power(10, Double(exponent)), places: places))
    let power = "10" + NumberText.superscript(exponent)
    return factor == "1" ? power : factor == "−1" ? "−" + power : factor + "×" + power
  }

  // MARK: Logarithmic

  private static func binary(from lower: Double, to upper: Double, format: TickFormat, count: Int) -> [Tick] {
    guard lower > 0, let first = (lower.binaryLogarithm - 1e-9).rounded(.up).integer,
      let last = (upper.binaryLogarithm + 1e-9).rounded(.down).integer
    else { return [] }
    guard last - first >= 1 else {
      return linear(from: lower, to: upper, format: format, count: count, integral: false).filter { $0.value > 0 }
    }
    let stride = spacing(last - first, count: count)
    return (first...last).filter { $0 % stride == 0 }.compactMap { exponent in
      let value = Double.power(2, Double(exponent))
      guard value > 0, value.isFinite else { return nil }
      return Tick(
        value: value, label: format == .automatic ? "2" + NumberText.superscript(exponent) : format.text(value))
    }
  }

  private static func decimal(from lower: Double, to upper: Double, format: TickFormat, count: Int) -> [Tick] {
    guard lower > 0, let below = lower.decimalLogarithm.rounded(.down).integer,
      let above = upper.decimalLogarithm.rounded(.up).integer
    else { return [] }
    let decades = upper.decimalLogarithm - lower.decimalLogarithm
    guard decades > 0.7 else {
      return linear(from: lower, to: upper, format: format, count: count, integral: false).filter { $0.value > 0 }
    }
    let range = lower * (1 - 1e-9)...(upper * (1 + 1e-9)).nextDown
    let stride = spacing(Int(decades.rounded()), count: count)
    let labelled: [Double] = decades < 1.5 ? [1, 2, 5] : decades < 2.2 && count > 5 ? [1, 3] : [1]
    let powers = below < -3 || above > 4
    var ticks: [Tick] = []
    for exponent in below...above {
      let power = Double.power(10, Double(exponent))
      for mantissa in stride > 1 ? [1] : (1...9).map(Double.init) {
        let value = mantissa * power
        guard value > 0, value.isFinite, range.contains(value) else { continue }
        let isLabelled = labelled.contains(mantissa) && exponent % stride == 0
        guard isLabelled || (mantissa > 1 && decades < 7) else { continue }
        let text =
          format != .automatic
          ? format.text(value)
          : powers
            ? TickFormat.scientific(value, places: 0) : TickFormat.automatic.text(value, places: max(0, -exponent))
        ticks.append(Tick(value: value, label: isLabelled ? text : ""))
      }
    }
    return ticks
  }

  /// The number of powers between labels that gives about `count` labels.
  private static func spacing(_ powers: Int, count: Int) -> Int {
    let needed = Double(powers) / Double(max(count, 1)) / 1.4
    let choices = [1, 2, 3, 5, 10, 20, 25, 50, 100, 200, 500]
    return choices.first(where: { Double($0) >= needed }) ?? 1000
  }
}
