"""What each finding means, for who follows its link."""

from __future__ import annotations

from telelens_schemas.specification.problems import Code

MEANINGS = {
    Code.YAML_SYNTAX: "The text is no YAML here. Everything else in the file is still read.",
    Code.TAB: "YAML is indented by spaces.",
    Code.INVALID_CHARACTER: "A character that YAML does not allow, often one that cannot be seen.",
    Code.UNDEFINED_ALIAS: "`*name` needs `&name` above it in the same document.",
    Code.TOO_LARGE: "The text is nested too deeply, or aliases repeat too much of it.",
    Code.NO_SPECIFICATION: "The file has no specification: it is empty, or holds objects of other kinds only.",
    Code.NOT_A_SPECIFICATION: "A specification is a mapping with keys like `handlers` and `workloads`.",
    Code.UNKNOWN_VERSION: "The version of the object is none of those that there are.",
    Code.DEPRECATED: "An older version, or a key of one. It is read and run; the editor can rewrite it.",
    Code.NOT_SUPPORTED_YET: "It is right, but this version of Telelens cannot run it. Said when it is run, and in the "
    "editor in place of the button Run.",
    Code.UNKNOWN_KEY: "No such key exists here: a slip, or a key that belongs elsewhere.",
    Code.DUPLICATE_KEY: "A mapping has the same key twice; the first one counts.",
    Code.MISSING_KEY: "A key that must be there is not, or has no value.",
    Code.WRONG_TYPE: "Something of another kind is expected: a list, a mapping, text, a number.",
    Code.BAD_VALUE: "The value is of the right kind, but not one that can be.",
    Code.EXCLUSIVE_KEYS: "Only one of several keys may be used.",
    Code.DUPLICATE_NAME: "Two of a kind have one name, so nothing could tell them apart. A warning where both can "
    "stand: two conditions on one header, a port that is published twice, specifications that replace each other when "
    "they are stored.",
    Code.UNDEFINED_HANDLER: "An intercept names a handler that does not exist.",
    Code.UNUSED_HANDLER: "No intercept and no prerequisite uses the handler.",
    Code.UNDEFINED_CONNECTION: "A workload or compose service names a connection that does not exist.",
    Code.UNDEFINED_PREREQUISITE: "A prerequisite names a handler that does not exist.",
    Code.UNDEFINED_COMPOSE_SERVICE: "The compose file has no service of that name.",
    Code.DEBUG_WITHOUT_SCRIPT: "A handler that runs nothing cannot be debugged.",
    Code.SUPERFLUOUS_PREFIX: "Only with `connections` does a workload's name begin with one of them.",
    Code.MISSING_PREFIX: "With `connections` every workload's name says which: `connection/workload`.",
    Code.HANDLER_NOT_ISOLATED: "With `connections` whatever takes traffic runs in the network of one of them.",
    Code.BAD_TEMPLATE: "A template that cannot be read, or cannot be expanded.",
    Code.TYPOGRAPHIC_QUOTE: "A quote of typesetting, often pasted from a web page: programs want plain ones.",
    Code.UNKNOWN_FUNCTION: "Neither Go nor sprig has a template function of that name.",
    Code.UNKNOWN_FIELD: "Templates are given `.Telepresence.Username`, and nothing else.",
    Code.UNSET_VARIABLE: "A template writes an environment variable that is not set; `default` gives it a value.",
    Code.TEMPLATED_REFERENCE: "Names that refer to something of the specification cannot be templates.",
    Code.GLOBAL_WITH_FILTERS: "A global intercept takes everything; filters take a part.",
    Code.SAME_TRAFFIC: "Two intercepts would take the same traffic of one workload and port.",
    Code.SAME_LOCAL_PORT: "Two handlers would listen on one port of one network.",
    Code.NOTHING_TO_INTERCEPT: "There is no intercept that is switched on.",
    Code.UNKNOWN_CONTEXT: "The kubeconfig has no such context.",
    Code.UNKNOWN_NAMESPACE: "The cluster has no such namespace.",
    Code.UNKNOWN_WORKLOAD: "The namespace has no such workload.",
    Code.UNKNOWN_SERVICE: "The namespace has no such service, or the service does not lead to the workload.",
    Code.UNKNOWN_PORT: "The service has no such port, or has several and none is chosen.",
    Code.UNKNOWN_CONTAINER: "The workload has no such container, or another serves the port, or none says so.",
    Code.PORT_NOT_SERVED: "The service leads to a port that no container of the workload has.",
}
