import Figures
import Foundation

/// The records that the model gets wrong most clearly, as pictures where they are some.
struct MistakeSection: Sendable {
  static let most = 24
  /// Pictures up to this side are shown in their pixels.
  private static let smallSide = 64

  /// Whether records of a type and shape are pictures: `[height, width]`, or with channels.
  static func arePictures(_ dtype: DType, _ shape: [Int]) -> Bool {
    dtype == .uint8 && (2...3).contains(shape.count)
  }

  let facts: RunFacts

  init(_ facts: RunFacts) { self.facts = facts }

  var section: PageSection? {
    guard case .classes(let records) = facts.predictions else { return nil }
    let mistakes = records.worstMistakes(Self.most)
    guard !mistakes.isEmpty else { return nil }
    let lead: HTML = "The test records whose own class was given the least probability, worst first."
    return PageSection(
      id: "mistakes", heading: "Worst mistakes",
      content: "<p class=\"lead\">\(lead)</p>\n\(pictures(mistakes, records) ?? table(mistakes, records))")
  }

  /// nil unless the records are pictures.
  private func pictures(_ mistakes: [ClassifiedRecords.Mistake], _ records: ClassifiedRecords) -> HTML? {
    var figures: [HTML] = []
    for mistake in mistakes {
      guard let picture = facts.inputs[mistake.record], Self.arePictures(picture.dtype, picture.shape),
        let png = try? PNG.encode(picture)
      else { return nil }
      let style = max(picture.shape[0], picture.shape[1]) <= Self.smallSide ? "small" : "large"
      let (label, choice) = (records.classNames[mistake.label], records.classNames[mistake.predicted])
      figures.append(
        """
        <figure><img class="\(style)" alt="\(label), predicted as \(choice)" \
        src="data:image/png;base64,\(Data(png).base64EncodedString())" />
        <figcaption><b>\(label)</b> \(percent(mistake.probabilityOfLabel))<br />predicted <b>\(choice)</b> \
        \(percent(mistake.probabilityOfPredicted))<br />\(name(mistake.record))</figcaption></figure>

        """)
    }
    return "<div class=\"mistakes\">\n\(figures)</div>\n"
  }

  private func table(_ mistakes: [ClassifiedRecords.Mistake], _ records: ClassifiedRecords) -> HTML {
    var table = HTMLTable(
      "Worst mistakes",
      [
        .init("record"), .init("class"), .init("probability", .number), .init("predicted as"),
        .init("probability", .number),
      ])
    for mistake in mistakes {
      table.append([
        .init("\(name(mistake.record))"), .init("\(records.classNames[mistake.label])"),
        .init("\(percent(mistake.probabilityOfLabel))", key: mistake.probabilityOfLabel),
        .init("\(records.classNames[mistake.predicted])"),
        .init("\(percent(mistake.probabilityOfPredicted))", key: mistake.probabilityOfPredicted),
      ])
    }
    return table.html
  }

  private func name(_ record: Int) -> String {
    facts.recordNames.indices.contains(record) ? facts.recordNames[record] : "record \(record)"
  }

  private func percent(_ probability: Double) -> String {
    probability < 0.0005 ? "< 0.1%" : NumberText.decimal(probability * 100, places: 1) + "%"
  }
}

/// Estimates beside the numbers they are of.
struct EstimateSection: Sendable {
  private static let most = 12
  /// More points only blacken the figure: every nth record is drawn.
  private static let pointLimit = 2000

  let facts: RunFacts

  init(_ facts: RunFacts) { self.facts = facts }

  var section: PageSection? {
    guard case .values(let records) = facts.predictions, !records.targets.isEmpty else { return nil }
    let points = zip(records.targets, records.estimates).map { DataPoint(x: $0, y: $1) }
    let finite = points.filter { $0.x.isFinite && $0.y.isFinite }
    let step = max(1, (finite.count + Self.pointLimit - 1) / Self.pointLimit)
    let drawn = stride(from: 0, to: finite.count, by: step).map { finite[$0] }
    var content: HTML = .empty
    if let least = finite.map(\.x).min(), let greatest = finite.map(\.x).max(), least < greatest {
      let diagonal = LineSeries(
        "equal", points: [DataPoint(x: least, y: least), DataPoint(x: greatest, y: greatest)], dash: .dashed,
        markers: false)
      let chart = Chart(
        x: ChartAxis("target"), y: ChartAxis("prediction"), lines: [diagonal],
        points: [PointSeries("test records", points: drawn)])
      let caption: HTML = step > 1 ? "Every \(step)th of \(NumberText.count(finite.count)) test records." : ""
      content += FigureBlock(chart, height: 420, narrowHeight: 340, caption: caption).html
    }
    if points.count > finite.count {
      content += "<p class=\"lead\">\(NumberText.count(points.count - finite.count)) predictions aren’t finite.</p>\n"
    }
    var table = HTMLTable(
      "Records that are missed most",
      [.init("record"), .init("target", .number), .init("prediction", .number), .init("error", .number)])
    for record in records.worst(Self.most) {
      let (target, estimate) = (records.targets[record], records.estimates[record])
      let name = facts.recordNames.indices.contains(record) ? facts.recordNames[record] : "record \(record)"
      table.append([
        .init("\(name)"), .init("\(NumberText.significant(target))", key: target),
        .init("\(NumberText.significant(estimate))", key: estimate),
        .init("\(NumberText.significant(estimate - target))", key: estimate - target),
      ])
    }
    content += "<h3>Missed most</h3>\n\(table.html)"
    return PageSection(id: "predictions", heading: "Predictions", content: content)
  }
}
