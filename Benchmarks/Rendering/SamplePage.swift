import Templates

/// A member as the page shows one, ready to be written.
struct Sample {
  let name: String, email: String, enrollments: String, completions: String, activeAt: String, active: String, contract: String
  let badge: (label: String, tone: String, why: String?)?

  static let fifty: [Sample] = (1...50).map(Sample.init)

  private init(_ number: Int) {
    name = number % 7 == 0 ? "Siobhán O'Brien & \(number)" : "Maya Lindqvist \(number)"
    email = "maya.lindqvist\(number)@example.com"
    enrollments = String(number % 12)
    completions = String(number % 5)
    activeAt = "2026-06-\(10 + number % 20)T08:15:30.000Z"
    active = "\(number % 30) days ago"
    contract = "Everyone 2026"
    switch number % 6 {
    case 0: badge = ("At risk", "critical", "Missed: Final exam (Pricing and Value)")
    case 3: badge = ("Inactive for \(number) days", "caution", nil)
    default: badge = nil
    }
  }
}

/// The values of the Members page as `Templates/programs/members.html` and its layout read them.
enum SamplePage {
  static func value(_ members: [Sample]) -> Value {
    ["page": page, "program": program, "listing": listing(members)]
  }

  private static let page: Value = [
    "title": "Members", "documentTitle": "Members – Data Academy – Provost", "theme": Value.null,
    "assets": [
      "style": Link(checking: "/assets/provost.css"), "script": Link(checking: "/assets/app.js"),
      "icons": Link(checking: "/assets/icons.svg"),
      "mark": Link(checking: "/assets/mark.svg"),
    ] as Value,
    "csrf": "0123456789abcdef", "homeLink": Link(checking: "/o/northwind"), "flash": [] as Value, "banner": Value.null, "version": "1",
    "themeLink": Link(checking: "/theme"), "returnPath": "/o/northwind/programs/data-academy/members",
    "themes": [["value": "dark", "label": "Dark", "current": false] as Value] as Value, "organizationName": "Northwind",
    "navigation": [
      ["label": "Users", "link": Link(checking: "/o/northwind/users"), "icon": Link(checking: "/assets/icons.svg#users"), "current": false]
        as Value
    ] as Value,
    "viewerName": "Ada Admin", "viewerRole": "Organization admin", "signOutLink": Link(checking: "/sign-out"), "accountTeamBar": Value.null,
  ]

  private static let program: Value = [
    "name": "Data Academy", "lede": "/data-academy", "programsLink": Link(checking: "/o/northwind/programs"), "menus": [] as Value,
    "export": Value.null,
    "tabs": [
      ["label": "Members", "count": "50", "link": Link(checking: "/o/northwind/programs/data-academy/members"), "current": true] as Value
    ] as Value,
  ]

  private static let columns: [Value] = ["Name", "Status", "Enrollments", "Completions", "Last activity", "Contract"].map { label in
    [
      "label": label, "number": false, "sortLink": Link(checking: "/o/northwind/programs/data-academy/members?sort=x"),
      "direction": Value.null, "definition": Value.null,
    ]
  }

  private static func listing(_ members: [Sample]) -> Value {
    [
      "status": Value.null, "search": Value.null, "filters": Value.null, "count": "50 members", "chooser": Value.null, "tags": Value.null,
      "table": [
        "label": "Members of Data Academy", "filterID": Value.null, "filterLabel": Value.null, "columns": columns, "rows": members.map(row),
      ] as Value,
      "empty": Value.null, "pager": Value.null,
    ]
  }

  private static func row(_ member: Sample) -> Value {
    let head: Value = ["primary": member.name, "secondary": member.email, "link": Value.null]
    return [
      "cells": [
        cell(head: head), cell(member.badge == nil ? "—" : nil, badge: member.badge), cell(member.enrollments, number: true),
        cell(member.completions, number: true), cell(member.active, time: member.activeAt), cell(member.contract),
      ] as Value
    ]
  }

  private static func cell(
    _ text: String? = nil, head: Value = .null, number: Bool = false, time: String? = nil,
    badge: (label: String, tone: String, why: String?)? = nil
  ) -> Value {
    let badges: [Value] = badge.map { [["label": $0.label, "tone": $0.tone, "why": $0.why.templateValue]] } ?? []
    return [
      "head": head, "number": number, "text": text.templateValue, "link": Value.null, "time": time.templateValue,
      "badges": Value.list(badges),
      "graphic": Value.null,
    ]
  }
}
