"""What shows how a deployment is: metrics, alarms, queues, gates, the life of a message."""
