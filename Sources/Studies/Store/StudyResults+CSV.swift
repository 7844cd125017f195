extension StudyResults {
  /// Every recorded number in a row of its own: study, arm, seed, run, epoch, step, metric, value. Numbers have all
  /// their digits; what isn't finite is `nan`, `inf`, `-inf`.
  public func csv() -> String {
    var lines = ["study,arm,seed,run,epoch,step,metric,value"]
    for run in runs {
      let start = [study.name, run.arm, "\(run.seed)", run.id].map(Self.field).joined(separator: ",")
      for record in run.history.epochs {
        for (name, value) in record.metrics {
          lines.append("\(start),\(record.epoch),\(record.step),\(Self.field(name)),\(value.plainText)")
        }
      }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private static func field(_ text: String) -> String {
    guard text.contains(where: { ",\"\r\n".contains($0) }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
