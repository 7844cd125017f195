import ArgumentParser
import Tanren

/// `tanren data`: the available data sets.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Inspect data sets.",
    subcommands: [DataInfoCommand.self, DataPreviewCommand.self, DataExportCommand.self])
}

/// `tanren data info`.
struct DataInfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "List data sets with their shapes, classes and origins.",
    discussion: """
      Data sets are searched for in the folders of TANREN_DATA, separated by colons, in the cache, and in \
      /usr/share/datasets, where Debian's packages put them. Nothing is downloaded. Tables and series are described \
      column by column.

      Examples:
        tanren data info
        TANREN_DATA=~/data tanren data info mnist cifar10
        tanren data info 'npz(path: mine.npz)' --output mine.svg
        tanren data info 'images(path: photos)'
        tanren data info 'table(path: wine.csv, target: cultivar)'
      """)

  @Argument(help: ArgumentHelp("Data sets. (default: all that need no settings)", valueName: "data-set"))
  var sources: [String] = []

  @Option(
    help: ArgumentHelp("SVG file for charts of the class frequencies and of the input values.", valueName: "file"))
  var output: String?

  func run() throws {
    let terminal = Terminal.current()
    let folders = DataFolders()
    let registry = Registry<any DataSource>.all
    if sources.isEmpty {
      let searched = folders.searched.isEmpty ? "none (set TANREN_DATA)" : folders.searched.joined(separator: ", ")
      terminal.write("Search path: \(searched)\nCache: \(folders.cache)\n\n")
    }
    var table = TextTable(["data set", "training", "test", "classes", "origin"])
    var panels: [any Figure] = []
    var classTables = ""
    var columns: [TextTable] = []
    let choices =
      try sources.isEmpty ? registry.names.map { MethodSpec($0) } : sources.map { try MethodSpec(parsing: $0) }
    for choice in choices {
      do {
        let pair = try registry.build(choice).load(from: folders, progress: nil)
        let cells = [
          choice.description, Self.text(pair.train.inputs), Self.text(pair.test.inputs),
          pair.train.classCount.map(String.init) ?? "-", pair.origin,
        ]
        table.append(cells.map { TableCell($0) })
        if !sources.isEmpty { classTables += try Self.classTable(pair) }
        columns += pair.columnTables
        if output != nil { panels += try DataCharts(pair).panels() }
      } catch  where sources.isEmpty {
        table.append([TableCell(choice.description), "-", "-", "-", TableCell("\(error)", style: .muted)])
      }
    }
    terminal.write(table.text(colors: terminal.colors) + classTables)
    for table in columns { terminal.write("\n" + table.text(colors: terminal.colors)) }
    guard let output else { return }
    try OutputFolder.write(DataCharts.svg(panels), to: output)
    terminal.write("Written: \(output)\n")
  }

  /// How often each class occurs; empty for data without names of classes.
  private static func classTable(_ pair: DatasetPair) throws -> String {
    guard !pair.classNames.isEmpty, let classes = pair.train.classCount, classes <= DataCharts.classLimit else {
      return ""
    }
    var table = TextTable(["class", "training", "test"])
    let (train, test) = (try DataCharts.counts(pair.train, classes), try DataCharts.counts(pair.test, classes))
    for label in 0..<classes {
      table.append(
        [DataCharts.name(of: label, in: pair), "\(train[label])", "\(test[label])"].map { TableCell($0) })
    }
    return "\n" + table.text(colors: Terminal.current().colors)
  }

  private static func text(_ array: HostArray) -> String {
    "\(array.dtype.rawValue) [\(array.shape.map(String.init).joined(separator: ", "))]"
  }
}

/// A data set as charts: how often each class occurs, and how the input values are distributed.
struct DataCharts {
  /// The most classes with a bar of their own.
  static let classLimit = 100
  /// The most values counted per split. Larger splits are sampled evenly.
  private static let valueLimit = 1_000_000

  private let pair: DatasetPair

  init(_ pair: DatasetPair) { self.pair = pair }

  /// - Throws: `DatasetError` for inputs of a type that cannot be converted to `Double`.
  func panels() throws -> [any Figure] {
    let splits = [("training", pair.train), ("test", pair.test)]
    let histogram = Histogram(
      pair.name, x: ChartAxis("input value"),
      samples: try splits.map { Histogram.Sample($0, values: try Self.values(of: $1)) }, bins: 32, isNormalized: true)
    guard let classes = pair.train.classCount, classes <= Self.classLimit else { return [histogram] }
    let names = (0..<classes).map { Self.name(of: $0, in: pair) }
    let groups = try splits.map { name, data in
      BarChart.Group(name, values: try Self.counts(data, classes).map { Double($0) })
    }
    return [BarChart(pair.name, axis: ChartAxis("examples per class"), categories: names, groups: groups), histogram]
  }

  static func counts(_ data: LabeledArrays, _ classes: Int) throws -> [Int] {
    var counts = [Int](repeating: 0, count: classes)
    for label in try data.labels() where counts.indices.contains(Int(label)) { counts[Int(label)] += 1 }
    return counts
  }

  /// A class without a name is called by its number.
  static func name(of label: Int, in pair: DatasetPair) -> String {
    pair.classNames.indices.contains(label) ? pair.classNames[label] : "\(label)"
  }

  /// The panels in two columns, high enough for bars and their numbers.
  static func svg(_ panels: [any Figure]) -> String {
    let rows = panels.compactMap { ($0 as? BarChart)?.categories.count }.max() ?? 0
    let height = Double((panels.count + 1) / 2) * max(270, 110 + 34 * Double(rows)) + 110
    return ChartGrid("Data sets", panels: panels, columns: 2).svg(size: FigureSize(width: 900, height: height))
  }

  private static func values(of data: LabeledArrays) throws -> [Double] {
    let count = min(data.count, max(1, valueLimit / max(1, data.inputs.count / max(1, data.count))))
    return try data.records(at: (0..<count).map { $0 * data.count / count }).inputs.converted()
  }
}
