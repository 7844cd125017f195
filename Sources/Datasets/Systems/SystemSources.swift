import Configuration

public struct LorenzSource: DataSource, SystemSource {
  public static let declaration = Declaration(
    "lorenz", "one-step-ahead prediction of the chaotic Lorenz system's x, y and z", standard: LorenzSource(),
    reference: Reference(
      "Lorenz", 1963, "Deterministic Nonperiodic Flow",
      "https://doi.org/10.1175/1520-0469(1963)020%3C0130:DNF%3E2.0.CO;2"),
    settings: SystemSampling.flowSettings.of(\.sampling) + [
      Setting("step", \.system.step, .integrationStep, "integration step"),
      Setting("sigma", \.system.sigma, .finite, "σ"),
      Setting("rho", \.system.rho, .finite, "ρ"),
      Setting("beta", \.system.beta, .finite, "β"),
    ])

  public var sampling = SystemSampling(scale: 0.02)
  public var system = Lorenz()

  public init() {}
}

public struct RosslerSource: DataSource, SystemSource {
  public static let declaration = Declaration(
    "rossler", "one-step-ahead prediction of the chaotic Rössler system's x, y and z", standard: RosslerSource(),
    reference: Reference(
      "Rössler", 1976, "An equation for continuous chaos", "https://doi.org/10.1016/0375-9601(76)90101-8"),
    settings: SystemSampling.flowSettings.of(\.sampling) + [
      Setting("step", \.system.step, .integrationStep, "integration step"),
      Setting("a", \.system.a, .finite, "a"),
      Setting("b", \.system.b, .finite, "b"),
      Setting("c", \.system.c, .finite, "c"),
    ])

  public var sampling = SystemSampling()
  public var system = Rossler()

  public init() {}
}

public struct DoubleScrollSource: DataSource, SystemSource {
  public static let declaration = Declaration(
    "doubleScroll", "one-step-ahead prediction of an electronic circuit's two voltages and current, with two scrolls",
    standard: DoubleScrollSource(),
    reference: Reference(
      "Gauthier et al.", 2021, "Next generation reservoir computing", "https://doi.org/10.1038/s41467-021-25801-2"),
    settings: SystemSampling.flowSettings.of(\.sampling) + [
      Setting("step", \.system.step, .integrationStep, "integration step")
    ])

  public var sampling = SystemSampling(every: 5)
  public var system = DoubleScroll()

  public init() {}
}

public struct MultiScrollSource: DataSource, SystemSource {
  public static let declaration = Declaration(
    "multiScroll", "one-step-ahead prediction of Chen's equations, an attractor with several scrolls",
    standard: MultiScrollSource(),
    reference: Reference(
      "Chen and Ueta", 1999, "Yet another chaotic attractor", "https://doi.org/10.1142/S0218127499001024"),
    settings: SystemSampling.flowSettings.of(\.sampling) + [
      Setting("step", \.system.step, .integrationStep, "integration step"),
      Setting("a", \.system.a, .finite, "a"),
      Setting("b", \.system.b, .finite, "b"),
      Setting("c", \.system.c, .finite, "c"),
    ])

  public var sampling = SystemSampling(every: 2)
  public var system = MultiScroll()

  public init() {}
}

public struct RabinovichFabrikantSource: DataSource, SystemSource {
  public static let declaration = Declaration(
    "rabinovichFabrikant", "one-step-ahead prediction of Rabinovich and Fabrikant's equations",
    standard: RabinovichFabrikantSource(),
    settings: SystemSampling.flowSettings.of(\.sampling) + [
      Setting("step", \.system.step, .integrationStep, "integration step"),
      Setting("alpha", \.system.alpha, .finite, "α"),
      Setting("gamma", \.system.gamma, .finite, "γ"),
    ])

  public var sampling = SystemSampling(every: 5)
  public var system = RabinovichFabrikant()

  public init() {}
}

public struct Lorenz96Source: DataSource, SystemSource {
  public static let declaration = Declaration(
    "lorenz96", "one-step-ahead prediction of Lorenz' model of the atmosphere on a circle", standard: Lorenz96Source(),
    reference: Reference(
      "Lorenz", 1996, "Predictability: a problem partly solved",
      "https://www.ecmwf.int/en/elibrary/75462-predictability-problem-partly-solved"),
    settings: SystemSampling.flowSettings.of(\.sampling) + [
      Setting("step", \.system.step, .integrationStep, "integration step"),
      Setting("sites", \.system.sites, .integer(in: 4...10_000), "sites on the circle"),
      Setting("forcing", \.system.forcing, .finite, "forcing F; chaotic from about 8"),
    ])

  public var sampling = SystemSampling()
  public var system = Lorenz96()

  public init() {}
}

public struct HenonSource: DataSource, SystemSource {
  public static let declaration = Declaration(
    "henon", "one-step-ahead prediction of Hénon's map", standard: HenonSource(),
    reference: Reference(
      "Hénon", 1976, "A two-dimensional mapping with a strange attractor", "https://doi.org/10.1007/BF01608556"),
    settings: SystemSampling.settings.of(\.sampling) + [
      Setting("a", \.system.a, .finite, "a"),
      Setting("b", \.system.b, .finite, "b"),
    ])

  public var sampling = SystemSampling()
  public var system = Henon()

  public init() {}
}

public struct LogisticSource: DataSource, SystemSource {
  public static let declaration = Declaration(
    "logistic", "one-step-ahead prediction of the logistic map", standard: LogisticSource(),
    reference: Reference(
      "May", 1976, "Simple mathematical models with very complicated dynamics", "https://doi.org/10.1038/261459a0"),
    settings: SystemSampling.settings.of(\.sampling) + [
      Setting("r", \.system.r, .number(in: 0...4), "growth rate r")
    ])

  public var sampling = SystemSampling()
  public var system = LogisticMap()

  public init() {}
}

public struct KuramotoSivashinskySource: DataSource, SystemSource {
  public static let declaration = Declaration(
    "kuramotoSivashinsky", "one-step-ahead prediction of the Kuramoto-Sivashinsky equation on a circle",
    standard: KuramotoSivashinskySource(),
    reference: Reference(
      "Kassam and Trefethen", 2005, "Fourth-Order Time-Stepping for Stiff PDEs",
      "https://doi.org/10.1137/S1064827502410633"),
    settings: SystemSampling.settings.of(\.sampling) + [
      Setting("step", \.step, .number(in: 1e-4...1), "integration step"),
      Setting("length", \.length, .number(in: 1...10_000), "length of the circle"),
      Setting("points", \.points, .powerOfTwo, "points on the circle, a power of two"),
    ])

  public var sampling = SystemSampling()
  public var length = 22.0
  public var points = 64
  public var step = 0.25

  public init() {}

  public var system: KuramotoSivashinsky { KuramotoSivashinsky(length: length, points: points, step: step) }
}

extension SettingFormat where Value == Double {
  fileprivate static var integrationStep: SettingFormat { .number(in: 1e-5...0.1) }
}

extension SettingFormat where Value == Int {
  fileprivate static var powerOfTwo: SettingFormat {
    .integer(in: 8...65_536).checked("a power of two in 8...65536") { $0 & ($0 - 1) == 0 }
  }
}
