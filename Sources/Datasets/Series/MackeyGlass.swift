/// The Mackey-Glass equation, `y' = 0.2·y(t - tau) / (1 + y(t - tau)^10) - 0.1·y` (Mackey and Glass 1977).
public struct MackeyGlass: Sendable, Hashable {
  public enum Method: String, Sendable, CaseIterable {
    /// Euler's, which with steps of 0.1 is Jaeger's series (GMD report 148, 2001).
    case euler
    /// The classical Runge-Kutta method of fourth order, delayed values between steps interpolated linearly.
    case rungeKutta
  }

  /// The delay; at 17 the system is mildly chaotic, at 30 more so.
  public var tau = 17.0
  public var method = Method.euler
  /// Time a step.
  public var step = 0.1
  /// Steps a value of the series.
  public var every = 10
  /// Values left out at the start.
  public var skipped = 1000
  /// y(t) for t <= 0, about which ``jitter`` spreads it.
  public var start = 1.2
  /// Values before the first are uniform within half of this around ``start``, drawn by ``seed``: another one gives
  /// another trajectory. Jaeger's program has 0.2.
  public var jitter = 0.0
  public var seed = 0

  public init() {}

  /// `count` values, `every·step` apart.
  public func series(_ count: Int) -> [Double] {
    let delay = Swift.max(1, Int((tau / step).rounded()))
    // A ring of the last values, whose oldest is the delayed one.
    var generator = SplitMix64(seed: UInt64(bitPattern: Int64(seed)), stream: 0x6d676c617373, index: 0)
    var past = (0...delay).map { _ in start + jitter * (Double(generator.next() >> 11) * 0x1p-53 - 0.5) }
    var (now, values) = (past[0], [Double]())
    values.reserveCapacity(count)
    func slope(_ y: Double, _ delayed: Double) -> Double {
      let square = delayed * delayed
      let fourth = square * square
      return 0.2 * delayed / (1 + fourth * fourth * square) - 0.1 * y
    }
    for index in 0..<(count + skipped) * every {
      if index % every == 0, index / every >= skipped { values.append(now) }
      // past[place] is y(t - tau), the next one y(t - tau + step).
      let place = (index + 1) % (delay + 1)
      let (early, late) = (past[place], past[(place + 1) % (delay + 1)])
      switch method {
      case .euler: now += step * slope(now, early)
      case .rungeKutta:
        let middle = 0.5 * (early + late)
        let k1 = slope(now, early)
        let k2 = slope(now + 0.5 * step * k1, middle)
        let k3 = slope(now + 0.5 * step * k2, middle)
        let k4 = slope(now + step * k3, late)
        now += step / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
      }
      past[place] = now
    }
    return values
  }
}
