{{- define "telelens.labels" -}}
app.kubernetes.io/name: telelens-manager
app.kubernetes.io/instance: {{ .Release.Name }}
{{ include "telelens.versionLabels" . }}
{{- end }}

{{- define "telelens.versionLabels" -}}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "telelens.selector" -}}
app.kubernetes.io/name: telelens-manager
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "telelens.image" -}}
{{ .image.repository }}:{{ .image.tag | default .version }}
{{- end }}

{{- /* Names of cluster-wide objects carry the namespace, so that an object tells whose it is. */ -}}
{{- define "telelens.clusterName" -}}
telelens-manager-{{ .Release.Namespace }}
{{- end }}

{{- define "telelens.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 7777
runAsGroup: 7777
fsGroup: 7777
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "telelens.securityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- /* What the manager may do where it serves intercepts. */ -}}
{{- define "telelens.workloadRules" -}}
- apiGroups: [telelens.dev]
  resources: [intercepts]
  verbs: [get, list, watch, delete, revoke]
- apiGroups: [telelens.dev]
  resources: [intercepts/status]
  verbs: [get, patch, update]
# create: the injected pod is created with dryRun=All before anything restarts.
# delete: a pod of a StatefulSet whose agent can never start, when the workload is rolled back.
# An admission policy (manager-policy.yaml) holds the manager to these two.
- apiGroups: [""]
  resources: [pods]
  verbs: [get, list, watch, create, delete]
- apiGroups: [""]
  resources: [services]
  verbs: [get, list, watch]
- apiGroups: [""]
  resources: [namespaces]
  verbs: [get]
- apiGroups: [apps]
  resources: [deployments, statefulsets]
  verbs: [get, list, watch, patch]
{{- end }}

{{- /* Which namespaces the webhook sees. */ -}}
{{- define "telelens.namespaceSelector" -}}
matchExpressions:
  - key: kubernetes.io/metadata.name
    operator: NotIn
    values: [kube-system, {{ .Release.Namespace }}]
  {{- with .Values.namespaces }}
  - key: kubernetes.io/metadata.name
    operator: In
    values: {{ toJson . }}
  {{- end }}
{{- end }}

{{- define "telelens.previewSelector" -}}
app.kubernetes.io/name: telelens-preview
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "telelens.previewLabels" -}}
{{ include "telelens.previewSelector" . }}
{{ include "telelens.versionLabels" . }}
{{- end }}

{{- define "telelens.previewRules" -}}
- apiGroups: [telelens.dev]
  resources: [intercepts]
  verbs: [list, watch]
- apiGroups: [""]
  resources: [services]
  verbs: [get]
{{- end }}

{{- /* Of each program that serves its health. */ -}}
{{- define "telelens.probes" -}}
readinessProbe:
  httpGet: {path: /readyz, port: health}
  periodSeconds: 2
livenessProbe:
  httpGet: {path: /healthz, port: health}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
startupProbe:
  httpGet: {path: /healthz, port: health}
  periodSeconds: 1
  failureThreshold: 60
{{- end }}

{{- /* Where the chart's pods may run. */ -}}
{{- define "telelens.placement" -}}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
