import ArgumentParser

/// An amount of memory as people write it: `500M`, `2G`, `1.5GB`. A kilobyte has 1000 bytes.
struct MemorySize: ExpressibleByArgument {
  let bytes: Int

  init?(argument: String) {
    var text = argument.uppercased()
    if text.hasSuffix("B") { text.removeLast() }
    let units: [Character: Double] = ["K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12]
    var unit = 1.0
    if let last = text.last, let factor = units[last] {
      unit = factor
      text.removeLast()
    }
    guard let number = Double(text), number > 0, number * unit >= 1, number * unit < 1e15 else { return nil }
    bytes = Int(number * unit)
  }
}

/// What the inputs of data sets may take. An option of the machine: it changes no number and no run's id.
struct MemoryOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Memory that inputs may take: 500M, 2G. Pictures and arrays that need more are read part by part, with the same "
        + "results. (default: all in memory)",
      valueName: "size"))
  var memory: MemorySize?
}
