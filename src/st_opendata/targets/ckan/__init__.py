"""Publishing a finished release to a CKAN portal: plan, apply, verify."""
