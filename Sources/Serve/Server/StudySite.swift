import Foundation
import Studies

/// The pages of a server: the list of studies, each study as it runs, and its report in every format.
///
/// A path can only select a study of the source, so there is no folder to escape from. Each page is rendered at most
/// once per second, however many browsers request it.
actor StudySite {
  private let source: any LiveStudySource
  /// The host names that this server answers to; `nil` for any.
  private let hosts: Set<String>?
  private var lastReport = LastReport()
  private var pages: [[String]: (response: SiteResponse, expiry: ContinuousClock.Instant)] = [:]

  /// In bytes; longer than the path of any page.
  static let pathLimit = 2048

  /// - Parameter hosts: requests for other hosts are refused, since a foreign page may have led the browser here.
  init(_ source: any LiveStudySource, hosts: Set<String>?) {
    self.source = source
    self.hosts = hosts
  }

  func response(to request: SiteRequest) -> SiteResponse {
    guard request.method == "GET" || request.method == "HEAD" else {
      return MessagePage(
        405, "Read-only", "This server only shows studies and does not accept \(request.method) requests."
      ).response
    }
    guard request.path.utf8.count <= Self.pathLimit else {
      return MessagePage.refusal(414).response
    }
    guard isKnown(request.host) else {
      return MessagePage(
        421, "Unknown host", "This server does not answer to that host name. Use the address that it printed."
      )
      .response
    }
    guard let parts = request.parts else { return MessagePage.notFound.response }
    if let page = pages[parts], ContinuousClock.now < page.expiry { return page.response }
    let start = ContinuousClock.now
    let response = made(parts)
    // Slow pages are rendered less often, so that watching does not slow down the study.
    let lifetime = max(.milliseconds(900), start.duration(to: .now) * 4)
    if pages.count >= 64 { pages.removeAll() }
    // Error pages are cheap, and their number is unlimited.
    if response.status == 200 { pages[parts] = (response, ContinuousClock.now + lifetime) }
    return response
  }

  private func made(_ parts: [String]) -> SiteResponse {
    do {
      switch (parts.first, parts.count) {
      case (nil, _): return IndexPage(try source.studies()).page
      case ("live", 1): return IndexPage(try source.studies()).fragment
      case ("studies", 2...3): return try study(parts) ?? MessagePage.notFound.response
      default: return MessagePage.notFound.response
      }
    } catch {
      return MessagePage(500, "Unable to show this page", "\(error)").response
    }
  }

  private func study(_ parts: [String]) throws -> SiteResponse? {
    guard let study = try source.study(named: parts[1]) else { return nil }
    guard parts.count == 3, parts[2] != "live" else {
      // Runs may have recorded nothing that a report could be made of.
      let page = try StudyPage(study, report: try? lastReport.report(on: study))
      return parts.count == 3 ? page.fragment : page.page
    }
    guard let format = Self.format(parts[2]) else { return nil }
    guard let report = try lastReport.report(on: study) else {
      return MessagePage(404, "No results yet", "No run of this study has finished.").response
    }
    return SiteResponse(type: format.mediaType, try report.text(format))
  }

  /// `report` is the page. Other formats have an extension, such as `report.csv`.
  private static func format(_ name: String) -> ReportFormat? {
    switch name {
    case "report": return .html
    case "runs.csv": return .csvRuns
    case "budgets.csv": return .csvBudgets
    // The first of the formats that share an extension.
    default: return ReportFormat.allCases.first { name == "report.\($0.fileExtension)" }
    }
  }

  private func isKnown(_ host: String?) -> Bool {
    guard let hosts else { return true }
    guard let host else { return false }
    // The name without the port, which may follow an IPv6 address in brackets.
    let name =
      host.hasPrefix("[")
      ? String(host.prefix { $0 != "]" }.dropFirst()) : String(host.prefix { $0 != ":" })
    return hosts.contains(name.lowercased())
  }
}

extension ReportFormat {
  var mediaType: String {
    switch self {
    case .html: "text/html; charset=utf-8"
    case .json: "application/json"
    case .csv, .csvRuns, .csvBudgets: "text/csv; charset=utf-8"
    case .markdown: "text/markdown; charset=utf-8"
    case .latex, .terminal: "text/plain; charset=utf-8"
    }
  }
}
